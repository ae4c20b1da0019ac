//! Times the kernel on generated groups: `cargo run --release --example count_speed -- <groups> <items> <threads>`.

#![expect(
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a program for measuring"
)]

use std::time::Instant;

use cooccurrence::{Counter, Division, Incidence, Lists, Membership, Neighbours, Options};

/// As in Segue's programs, with large pages.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse::<usize>().ok());
    let groups = arguments.next().unwrap_or(30_000);
    let item_count = arguments.next().unwrap_or(300_000);
    let threads = arguments.next().unwrap_or(2);
    let membership = generate(groups, item_count);
    let rows = membership.items.value_count();
    let options = Options::default();
    let began = Instant::now();
    let places = |kept: &[u32]| Ok::<_, ()>((0..kept.len() as u32).collect());
    let Ok(incidence) = Incidence::try_new(membership, &options, threads, places) else { return };
    println!("{rows} rows, {} items kept, built in {:.2?}", incidence.numbering().item_count(), began.elapsed());
    let began = Instant::now();
    let division = Division::new(incidence.numbering().costs(), threads, options.k);
    let found: usize = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|part| {
                let (incidence, options, blocks) = (&incidence, &options, division.of_part(part, threads));
                scope.spawn(move || {
                    let (mut counter, mut found, mut rows) = (Counter::new(options), Neighbours::default(), 0);
                    for block in &blocks {
                        found.clear();
                        counter.count(incidence, block, &mut found);
                        rows += found.len();
                    }
                    rows
                })
            })
            .collect();
        handles.into_iter().filter_map(|handle| handle.join().ok()).sum()
    });
    let seconds = began.elapsed().as_secs_f64();
    let increments: u64 = incidence.numbering().costs().iter().sum();
    let each = seconds * threads as f64 / increments as f64 * 1e9;
    println!("{found} neighbours, {increments} increments in {seconds:.2} s: {each:.2} ns each on {threads} threads");
    println!("{} MB", incidence.memory_bytes() / 1_000_000);
}

/// Groups of 5 to 250 items; half of the items by a global popularity, half by that of one of 200 scenes.
fn generate(groups: usize, item_count: usize) -> Membership {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut items = Lists::with_capacity(groups, groups * 66);
    for _ in 0..groups {
        let normal: f64 = (0..12).map(|_| random()).sum::<f64>() - 6.0;
        let length = (49.0 * (normal * 0.85).exp()).clamp(5.0, 250.0) as usize;
        let scene = (random() * 200.0) as usize;
        let drawn: Vec<u32> = (0..length)
            .map(|_| {
                // Zipf with exponent 1 by inversion: rank = n^u.
                let in_scene = random() < 0.6;
                let span = if in_scene { item_count / 200 } else { item_count };
                let rank = ((span as f64 + 40.0) / 40.0).powf(random()) * 40.0 - 40.0;
                let rank = (rank as usize).min(span - 1);
                (if in_scene { rank * 200 + scene } else { rank }) as u32 % item_count as u32
            })
            .collect();
        items.push(drawn);
    }
    Membership { items, positions: None, item_count }
}
