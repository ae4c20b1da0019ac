"""Sends an alert the whole way: alert_path.py MONITORING PROMETHEUS ALERTMANAGER

A process that tells of a step without rows, Prometheus with the rules of MONITORING, Alertmanager with its configuration, and
a listener where the pager would be. Passes when the pager hears of the step, hears that it is over, and the dead man's switch
hears the watchdog. Ports are free ones; everything ends with this program.
"""

import http.server
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

# Prometheus and Alertmanager are told to look every second; on a busy machine it takes longer.
PATIENCE = 120
METRIC = 'segue_stage_rows{{pipeline="nightly",stage="tracks",direction="out"}} {}\n'


class World(http.server.BaseHTTPRequestHandler):
    """Tells the metric to whoever gets, and remembers what is posted."""

    rows = 0
    heard = []

    def do_GET(self):
        self.answer(METRIC.format(World.rows).encode())

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        World.heard += [(self.path, alert["labels"]["alertname"], alert["status"]) for alert in body["alerts"]]
        self.answer(b"")

    def answer(self, body):
        self.send_response(200)
        self.send_header("content-type", "text/plain; version=0.0.4")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(what, processes):
    deadline = time.monotonic() + PATIENCE
    while what not in World.heard:
        for process in processes:
            if process.poll() is not None:
                sys.exit(f"alerts: {process.args[0]} ended with {process.returncode}")
        if time.monotonic() > deadline:
            sys.exit(f"alerts: {what} was not heard within {PATIENCE} s, but {World.heard}")
        time.sleep(0.1)


def main():
    monitoring, prometheus, alertmanager = pathlib.Path(sys.argv[1]).resolve(), *sys.argv[2:]
    world = http.server.ThreadingHTTPServer(("127.0.0.1", 0), World)
    threading.Thread(target=world.serve_forever, daemon=True).start()
    port, of_prometheus, of_alertmanager = world.server_address[1], free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        text = (monitoring / "alertmanager.yaml").read_text()
        text = text.replace("127.0.0.1:8095", f"127.0.0.1:{port}")
        # The same routes, in a hurry.
        text = re.sub(r"group_wait: \d+s", "group_wait: 1s", text)
        (place / "alertmanager.yaml").write_text(re.sub(r"group_interval: \d+m", "group_interval: 1s", text))
        (place / "prometheus.yaml").write_text(json.dumps({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(monitoring / "rules.yaml")],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{of_alertmanager}"]}]}]},
            "scrape_configs": [{"job_name": "world", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}],
        }))
        with open(place / "log", "w") as log:
            start = lambda *command: subprocess.Popen(command, stdout=log, stderr=log, cwd=place)
            processes = [
                start(alertmanager, "--config.file=alertmanager.yaml", f"--storage.path={place}/am",
                      f"--web.listen-address=127.0.0.1:{of_alertmanager}", "--cluster.listen-address="),
                start(prometheus, "--config.file=prometheus.yaml", f"--storage.tsdb.path={place}/tsdb",
                      f"--web.listen-address=127.0.0.1:{of_prometheus}"),
            ]
            try:
                wait_for(("/pager", "PipelineStageZeroRows", "firing"), processes)
                wait_for(("/dead-mans-switch", "Watchdog", "firing"), processes)
                World.rows = 7
                wait_for(("/pager", "PipelineStageZeroRows", "resolved"), processes)
            finally:
                for process in processes:
                    process.kill()
                    process.wait()
                log.flush()
                if ("/pager", "PipelineStageZeroRows", "resolved") not in World.heard:
                    print((place / "log").read_text()[-4000:], file=sys.stderr)
    print("alerts: the pager heard of a step without rows, and that it was over", file=sys.stderr)


main()
