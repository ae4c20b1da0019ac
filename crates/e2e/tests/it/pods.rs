//! Pods of the manifests as processes of this machine: what Kubernetes would provide is provided, all else is as written.
//!
//! Provided are addresses of Services, values of Secrets, folders of volumes, and the program that the image starts. What a
//! container has besides, and this module does not know, is an error, so that nothing is passed over.

#![expect(clippy::panic, reason = "a test fails by panicking, in its helpers too")]

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::{Map, Value};
use tempfile::TempDir;
use testkit::process::{Output, ProcessCommand, Segue};
use tokio::process::Command;

const PATIENCE: Duration = Duration::from_secs(480);
/// What of a container is heeded, and what only a real Kubernetes can do.
const KNOWN: [&str; 9] =
    ["name", "image", "command", "args", "env", "envFrom", "volumeMounts", "resources", "securityContext"];

/// The objects of an overlay.
pub(crate) struct Manifests(Vec<Value>);

/// What is there besides the objects.
#[derive(Default)]
pub(crate) struct Provided {
    secrets: BTreeMap<String, BTreeMap<String, String>>,
    services: BTreeMap<String, SocketAddr>,
}

/// The one container of a pod, which can be started any number of times.
pub(crate) struct Container {
    command: ProcessCommand,
    variables: BTreeMap<String, String>,
    args: Vec<String>,
    root: TempDir,
    _volumes: TempDir,
}

impl Provided {
    /// A Secret with its keys and values.
    pub(crate) fn secret(
        mut self,
        name: &str,
        values: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Self {
        let values = values.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        self.secrets.insert(name.to_owned(), values);
        self
    }

    /// Where a Service leads.
    pub(crate) fn service(mut self, name: &str, address: SocketAddr) -> Self {
        self.services.insert(name.to_owned(), address);
        self
    }
}

impl Manifests {
    /// Renders an overlay as the check of the manifests does.
    pub(crate) async fn render(overlay: &str) -> Self {
        let mut render = Command::new(repository().join("deploy/setup/manifests.sh"));
        let output = render.args(["--render", overlay]).stdin(Stdio::null()).output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self(serde_json::from_slice(&output.stdout).unwrap())
    }

    /// What every container is started with: the name of its workload, its words, and the variables that are its own.
    pub(crate) fn started(&self) -> Vec<(String, Vec<String>, Vec<String>)> {
        let mut started = Vec::new();
        for object in &self.0 {
            for container in pod_of(object).map(|pod| list(&pod["containers"])).unwrap_or_default() {
                let own = container.get("env").map(list).unwrap_or_default();
                let own = own.iter().map(|variable| text(&variable["name"]).to_owned()).collect();
                started.push((text(&object["metadata"]["name"]).to_owned(), command_line(container), own));
            }
        }
        started
    }

    /// The container of a CronJob's or Job's pod.
    pub(crate) fn container(&self, kind: &str, name: &str, provided: &Provided) -> Container {
        let pod = pod_of(self.one(kind, name)).unwrap();
        assert!(pod.get("initContainers").is_none(), "{kind} {name} has containers that are not looked at");
        let [container] = list(&pod["containers"]) else { panic!("{kind} {name} has not one container") };
        let unknown: Vec<_> = map(container).keys().filter(|key| !KNOWN.contains(&key.as_str())).collect();
        assert!(unknown.is_empty(), "{kind} {name} has {unknown:?}, which this test does not know");

        let volumes = TempDir::new().unwrap();
        let mounts = mount(pod, container, provided, volumes.path());
        let mut variables = self.variables(container, provided);
        for value in variables.values_mut() {
            *value = self.resolve(value, &mounts, provided);
        }
        let words = command_line(container);
        let (program, args) = words.split_first().unwrap();
        let args = args.iter().map(|word| self.resolve(word, &mounts, provided)).collect();

        // A root file system that nobody can write to is an empty folder that has to stay empty.
        let root = TempDir::new().unwrap();
        let command = ProcessCommand::of_workspace(program).unwrap().current_dir(root.path()).envs(&variables);
        let command = command.env("HOME", root.path().display().to_string());
        let command = match mounts.get("/tmp") {
            Some(folder) => command.env("TMPDIR", folder.display().to_string()),
            None => command,
        };
        Container { command, variables, args, root, _volumes: volumes }
    }

    fn one(&self, kind: &str, name: &str) -> &Value {
        let is_meant = |object: &&Value| object["kind"] == kind && object["metadata"]["name"] == name;
        self.0.iter().find(is_meant).unwrap_or_else(|| panic!("there is no {kind} {name}"))
    }

    /// Variables of a container; those that come later, and `env` at the very end, take the place of others.
    fn variables(&self, container: &Value, provided: &Provided) -> BTreeMap<String, String> {
        let mut variables = BTreeMap::new();
        for source in container.get("envFrom").map(list).unwrap_or_default() {
            if let Some(reference) = source.get("configMapRef") {
                let data = map(&self.one("ConfigMap", text(&reference["name"]))["data"]);
                variables.extend(data.iter().map(|(name, value)| (name.clone(), text(value).to_owned())));
            } else {
                let reference = &source["secretRef"];
                match provided.secrets.get(text(&reference["name"])) {
                    Some(values) => variables.extend(values.clone()),
                    None => assert_eq!(reference["optional"], true, "nobody provides {source}"),
                }
            }
        }
        for variable in container.get("env").map(list).unwrap_or_default() {
            variables.insert(text(&variable["name"]).to_owned(), text(&variable["value"]).to_owned());
        }
        variables
    }

    /// A value in which files are those of this machine, and Services have addresses of it.
    fn resolve(&self, value: &str, mounts: &BTreeMap<String, PathBuf>, provided: &Provided) -> String {
        assert!(!value.contains("$("), "this test does not expand variables: {value}");
        for (path, folder) in mounts {
            if let Some(rest) = value.strip_prefix(path.as_str()).filter(|rest| rest.starts_with('/')) {
                return format!("{}{rest}", folder.display());
            }
        }
        let mut resolved = value.to_owned();
        for (name, address) in &provided.services {
            for port in list(&self.one("Service", name)["spec"]["ports"]) {
                resolved = resolved.replace(&format!("//{name}:{}", port["port"]), &format!("//{address}"));
            }
        }
        resolved
    }
}

impl Container {
    /// The value of a variable.
    pub(crate) fn variable(&self, name: &str) -> &str {
        self.variables.get(name).unwrap_or_else(|| panic!("the container has no variable {name}"))
    }

    /// Runs what the manifest says, and nothing else.
    pub(crate) async fn run(&self) -> Output {
        let output = self.beside().run(&self.args).await.unwrap();
        let left: Vec<_> = fs::read_dir(self.root.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(left.is_empty(), "{left:?} would not be written to a read-only root");
        output
    }

    /// The same program with the same variables, for other commands.
    pub(crate) fn beside(&self) -> Segue {
        Segue::from_command(self.command.clone()).timeout(PATIENCE)
    }
}

/// The pod of a workload; other objects have none.
fn pod_of(object: &Value) -> Option<&Value> {
    let spec = object.get("spec")?;
    let spec = spec.get("jobTemplate").map_or(spec, |job| &job["spec"]);
    spec.get("template")?.get("spec")
}

/// The program of a container and its arguments.
fn command_line(container: &Value) -> Vec<String> {
    let mut line = container.get("command").map_or_else(|| entry_point(text(&container["image"])), words);
    line.extend(container.get("args").map(words).unwrap_or_default());
    line
}

/// Makes the folders of a container's volumes, with the files of those that are Secrets.
fn mount(pod: &Value, container: &Value, provided: &Provided, place: &Path) -> BTreeMap<String, PathBuf> {
    let mut mounts = BTreeMap::new();
    for mount in container.get("volumeMounts").map(list).unwrap_or_default() {
        let name = text(&mount["name"]);
        let volume = list(&pod["volumes"]).iter().find(|volume| volume["name"] == name).unwrap();
        let folder = place.join(name);
        fs::create_dir(&folder).unwrap();
        if let Some(secret) = volume.get("secret") {
            let name = text(&secret["secretName"]);
            for (key, value) in provided.secrets.get(name).unwrap_or_else(|| panic!("nobody provides {name}")) {
                fs::write(folder.join(key), value).unwrap();
            }
        } else {
            assert!(volume.get("emptyDir").is_some(), "this test does not know {volume}");
        }
        mounts.insert(text(&mount["mountPath"]).to_owned(), folder);
    }
    mounts
}

/// What the image of a role starts, as the file says that images are built from.
fn entry_point(image: &str) -> Vec<String> {
    let role = image.rsplit('/').next().unwrap().split([':', '@']).next().unwrap().strip_prefix("segue-").unwrap();
    let file = fs::read_to_string(repository().join("deploy/images/Containerfile")).unwrap();
    let (_, stage) = file.split_once(&format!(" AS {role}\n")).unwrap_or_else(|| panic!("no stage makes {image}"));
    let stage = stage.split("\nFROM ").next().unwrap();
    let entry = stage.lines().find_map(|line| line.strip_prefix("ENTRYPOINT ")).unwrap();
    words(&serde_json::from_str(entry).unwrap())
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("expected a list, found {value}"))
}

fn map(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap_or_else(|| panic!("expected an object, found {value}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("expected a text, found {value}"))
}

fn words(value: &Value) -> Vec<String> {
    list(value).iter().map(|word| text(word).to_owned()).collect()
}
