"""Checks what is deployed: manifests.py ROOT [PROGRAMS], or prints what an overlay is made of: manifests.py ROOT --render OVERLAY

Kubernetes: renders the kustomizations of deploy/kubernetes, validates every object against the schemas of some versions of
Kubernetes, and looks at policies that the schemas do not know. Compose: policies, and with PROGRAMS, the folder of the
programs, that these know every flag and variable that a service gives them. Needs kubernetes-validate and PyYAML.
"""

import copy
import hashlib
import json
import pathlib
import re
import subprocess
import sys

import kubernetes_validate
import yaml

VERSIONS = ["1.30", "1.34", "1.37"]
OVERLAYS = ["dev", "production", "production-keda"]
WORKLOADS = {"Deployment", "CronJob", "Job", "StatefulSet", "DaemonSet"}
# Kinds that Kubernetes itself does not have, so that its schemas do not know them; `custom` looks at them.
CUSTOM = {"ScaledObject", "PodMonitor", "PrometheusRule"}


class Renderer:
    """What of kustomize these folders use: resources, components, namespace, labels, configMapGenerator, replicas, JSON patches.

    A field that it does not know is an error, so that nothing is passed over."""

    KNOWN = {"apiVersion", "kind", "namespace", "resources", "labels", "configMapGenerator", "replicas", "patches",
             "components"}

    def render(self, folder, before=()):
        """The objects of a folder; of a component, those that were there before with what it adds and changes."""
        declared = yaml.safe_load((folder / "kustomization.yaml").read_text())
        unknown = set(declared) - self.KNOWN
        assert not unknown, f"{folder}: this renderer does not know {unknown}"
        assert (declared["kind"] == "Component") == bool(before), f"{folder}: a component is named among `components` only"
        objects = list(before)
        for name in declared.get("resources", []):
            path = folder / name
            if path.is_dir():
                objects += self.render(path)
            else:
                objects += [found for found in yaml.safe_load_all(path.read_text()) if found]
        for generator in declared.get("configMapGenerator", []):
            objects.append(self.config_map(generator))
            rename(objects, generator["name"], objects[-1]["metadata"]["name"])
        for name in declared.get("components", []):
            objects = self.render(folder / name, objects)
        for labels in declared.get("labels", []):
            assert not labels.get("includeSelectors"), f"{folder}: selectors cannot change"
            for found in objects:
                found["metadata"].setdefault("labels", {}).update(labels["pairs"])
        if "namespace" in declared:
            for found in objects:
                found["metadata"]["namespace"] = declared["namespace"]
        for replicas in declared.get("replicas", []):
            self.one(objects, folder, name=replicas["name"])["spec"]["replicas"] = replicas["count"]
        for patch in declared.get("patches", []):
            target = patch["target"]
            matching = [one for one in objects if one["kind"] == target["kind"]
                        and re.fullmatch(target["name"], one["metadata"]["name"])]
            assert matching, f"{folder}: nothing is called {target['name']}"
            for found in matching:
                for operation in yaml.safe_load(patch["patch"]):
                    apply(found, operation, folder)
        return objects

    @staticmethod
    def config_map(generator):
        data = dict(literal.split("=", 1) for literal in generator["literals"])
        suffix = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:10]
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"{generator['name']}-{suffix}"}, "data": data}

    @staticmethod
    def one(objects, folder, name, kind=None):
        found = [one for one in objects if one["metadata"]["name"] == name and kind in (None, one["kind"]) and "spec" in one]
        if kind is None:
            found = [one for one in found if one["kind"] == "Deployment"]
        assert len(found) == 1, f"{folder}: {name} names {len(found)} objects"
        return found[0]


def rename(node, before, after):
    """References to a generated config map."""
    if isinstance(node, dict):
        reference = node.get("configMapRef")
        if isinstance(reference, dict) and reference.get("name") == before:
            reference["name"] = after
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            rename(child, before, after)


def apply(found, operation, folder):
    """One operation of a JSON patch (RFC 6902)."""
    assert operation["op"] in ("replace", "add"), f"{folder}: {operation['op']} is not known here"
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].strip("/").split("/")]
    for part in parents:
        found = found[int(part)] if isinstance(found, list) else found[part]
    if isinstance(found, list) and last == "-":
        found.append(operation["value"])
        return
    last = int(last) if isinstance(found, list) else last
    assert operation["op"] == "add" or (last in found if isinstance(found, dict) else last < len(found)), \
        f"{folder}: {operation['path']} is not there"
    found[last] = operation["value"]


def pod_of(found):
    spec = found["spec"]
    if found["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec["template"]["spec"]


def policies(found):
    """What is wrong with a workload, in words."""
    pod = pod_of(found)
    security = pod.get("securityContext", {})
    if not security.get("runAsNonRoot") or not security.get("runAsUser"):
        yield "runs as root"
    if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "has no seccomp profile"
    if pod.get("automountServiceAccountToken", True) or "serviceAccountName" not in pod:
        yield "can call the Kubernetes API"
    for container in pod["containers"] + pod.get("initContainers", []):
        name = container["name"]
        own = container.get("securityContext", {})
        if not own.get("readOnlyRootFilesystem") or own.get("allowPrivilegeEscalation", True):
            yield f"{name} can write its root file system or gain rights"
        if own.get("capabilities", {}).get("drop") != ["ALL"]:
            yield f"{name} keeps capabilities"
        resources = container.get("resources", {})
        if "memory" not in resources.get("limits", {}) or not {"cpu", "memory"} <= set(resources.get("requests", {})):
            yield f"{name} lacks a limit of memory or requests"
        elif resources["limits"]["memory"] != resources["requests"]["memory"]:
            yield f"{name} requests less memory than it may use"
        if not re.search(r":[^:/]*\d[^:/]*$|@sha256:[0-9a-f]{64}$", container["image"]):
            yield f"{name} has an image without a pinned tag: {container['image']}"
        if found["kind"] == "Deployment" and not {"readinessProbe", "livenessProbe"} <= set(container):
            yield f"{name} lacks a probe"
        for variable in container.get("env", []):
            is_file = str(variable.get("value", "")).startswith("/etc/segue/")
            if re.search("SECRET|PASSWORD|TOKEN|KEY|DATABASE", variable["name"]) and "value" in variable and not is_file:
                yield f"{name} has the secret {variable['name']} in the open"


def kubernetes(root):
    folder = root / "deploy/kubernetes"
    for overlay in OVERLAYS:
        objects = Renderer().render(folder / "overlays" / overlay)
        names = [(found["kind"], found["metadata"]["name"]) for found in objects]
        assert len(names) == len(set(names)), f"{overlay}: an object is there twice"
        for found in objects:
            for version in VERSIONS if found["kind"] not in CUSTOM else []:
                kubernetes_validate.validate(found, version, strict=True)
            if found["kind"] in WORKLOADS:
                for reason in policies(found):
                    yield f"{overlay}: {found['kind']} {found['metadata']['name']} {reason}"
        yield from references(overlay, objects)
        yield from custom(overlay, objects, root)
        print(f"manifests: {overlay}: {len(objects)} objects fit Kubernetes {', '.join(VERSIONS)}", file=sys.stderr)


def references(overlay, objects):
    """Names that nothing bears."""
    there = {(found["kind"], found["metadata"]["name"]) for found in objects}
    for found in objects:
        if found["kind"] in WORKLOADS:
            pod = pod_of(found)
            if ("ServiceAccount", pod["serviceAccountName"]) not in there:
                yield f"{overlay}: {found['metadata']['name']} has an unknown service account"
            for container in pod["containers"]:
                for source in container.get("envFrom", []):
                    if "configMapRef" in source and ("ConfigMap", source["configMapRef"]["name"]) not in there:
                        yield f"{overlay}: {found['metadata']['name']} has an unknown config map"
        if found["kind"] in ("Service", "NetworkPolicy", "PodDisruptionBudget"):
            selector = found["spec"].get("selector") or found["spec"].get("podSelector")
            wanted = selector.get("matchLabels", selector)
            pods = [pod_labels(other) for other in objects if other["kind"] in WORKLOADS]
            if not any(wanted.items() <= labels.items() for labels in pods):
                yield f"{overlay}: {found['kind']} {found['metadata']['name']} selects no pod"


def custom(overlay, objects, root):
    """What is wrong with objects whose schemas are not Kubernetes' own."""
    pods = [(pod_labels(found), pod_of(found)) for found in objects if found["kind"] in WORKLOADS]
    for found in objects:
        spec, name = found.get("spec", {}), f"{overlay}: {found['kind']} {found['metadata']['name']}"
        if found["kind"] in ("ScaledObject", "HorizontalPodAutoscaler"):
            target = spec["scaleTargetRef"]["name"]
            if ("Deployment", target) not in {(other["kind"], other["metadata"]["name"]) for other in objects}:
                yield f"{name} scales {target}, which is not there"
        if found["kind"] == "ScaledObject":
            if not spec["minReplicaCount"] <= spec["maxReplicaCount"]:
                yield f"{name} has a minimum above its maximum"
            for trigger in spec["triggers"]:
                needed = {"prometheus": {"serverAddress", "query", "threshold"},
                          "cron": {"timezone", "start", "end", "desiredReplicas"}}[trigger["type"]]
                if needed - set(trigger["metadata"]):
                    yield f"{name}: a trigger {trigger['type']} lacks {needed - set(trigger['metadata'])}"
                if not all(isinstance(value, str) for value in trigger["metadata"].values()):
                    yield f"{name}: what a trigger says must be texts"
        if found["kind"] == "PodMonitor":
            wanted = spec["selector"]["matchLabels"]
            ports = {port["name"] for labels, pod in pods if wanted.items() <= labels.items()
                     for container in pod["containers"] for port in container.get("ports", [])}
            for endpoint in spec["podMetricsEndpoints"]:
                if endpoint["port"] not in ports:
                    yield f"{name} asks at the port {endpoint['port']}, which no pod has"
        if found["kind"] == "PrometheusRule":
            if spec != yaml.safe_load((root / "deploy/monitoring/rules.yaml").read_text()):
                yield f"{name} has other rules than deploy/monitoring/rules.yaml"


def pod_labels(found):
    spec = found["spec"]["jobTemplate"]["spec"] if found["kind"] == "CronJob" else found["spec"]
    return spec["template"]["metadata"]["labels"]


def compose(root, programs):
    path = root / "deploy/compose.yaml"
    declared = yaml.safe_load(path.read_text())
    for name, service in declared["services"].items():
        image = service.get("image", "")
        if not re.search(r":[^:/]*\d", image):
            yield f"compose: {name} has an image without a pinned tag"
        if not image.startswith("segue-"):
            continue
        if service.get("user", "root").startswith("0") or not service.get("read_only") or service.get("cap_drop") != ["ALL"]:
            yield f"compose: {name} runs as root, can write its root file system, or keeps capabilities"
        for port in service.get("ports", []):
            if not port.startswith("127.0.0.1:"):
                yield f"compose: {name} listens beyond this machine: {port}"
        if programs and "command" in service:
            yield from unknown_words(name, service, programs)


def images(root):
    """What is wrong with the file that images are built from: roles that manifests ask for and it has not, loose bases, users."""
    text = (root / "deploy/images/Containerfile").read_text()
    stages = re.findall(r"^FROM (\S+) AS (\S+)$", text, re.M)
    names = {name for _, name in stages}
    for base, name in stages:
        if base not in names and not re.search(r":[^:/]*\d", base):
            yield f"images: {name} has a base without a pinned tag: {base}"
    if re.search(r"^USER ", text, re.M):
        yield "images: USER is set, which SageMaker does not accept; Kubernetes sets runAsUser"
    for path in [*(root / "deploy/kubernetes").rglob("*.yaml"), root / "deploy/compose.yaml"]:
        for role in re.findall(r"image: segue-([a-z-]+):", path.read_text()):
            if role not in names:
                yield f"images: {path.relative_to(root)} asks for segue-{role}, which no stage makes"


def unknown_words(name, service, programs):
    program = {name: name for name in ("segue-scheduler", "segue-executor", "segue-model")}.get(
        service["image"].split(":")[0], (service.get("entrypoint") or ["segue"])[0])
    command = [word for word in service["command"] if re.fullmatch("[a-z]+", word)][:1]
    sub = command if program in ("segue", "segue-model") else []
    text = subprocess.run([programs / program, *sub, "--help"], capture_output=True, text=True, check=True).stdout
    flags = [word for word in service["command"] if word.startswith("--")]
    variables = [word for word in service.get("environment", {}) if word.startswith("SEGUE_")]
    for word in flags + variables:
        if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text):
            yield f"compose: {program} does not know {word}, which {name} gives it"


def broken(root):
    """The checks themselves: a workload without each guard must be refused, or they would see nothing."""
    objects = Renderer().render(root / "deploy/kubernetes/overlays/production")
    sound = next(found for found in objects if found["metadata"]["name"] == "segue-executor" and found["kind"] == "Deployment")
    for path, value in [
        (["securityContext", "runAsNonRoot"], False),
        (["automountServiceAccountToken"], True),
        (["containers", 0, "securityContext", "readOnlyRootFilesystem"], False),
        (["containers", 0, "resources", "limits"], {}),
        (["containers", 0, "image"], "segue-executor:latest"),
        (["containers", 0, "livenessProbe"], None),
    ]:
        spoilt = copy.deepcopy(sound)
        node = pod_of(spoilt)
        for part in path[:-1]:
            node = node[part]
        if value is None:
            del node[path[-1]]
        else:
            node[path[-1]] = value
        assert list(policies(spoilt)), f"nobody minds that {path} is {value}"
    spoilt = copy.deepcopy(sound)
    spoilt["spec"]["replica"] = 1
    try:
        kubernetes_validate.validate(spoilt, VERSIONS[0], strict=True)
    except kubernetes_validate.ValidationError:
        return
    raise AssertionError("nobody minds an unknown field")


def main():
    root = pathlib.Path(sys.argv[1])
    if sys.argv[2:3] == ["--render"]:
        print(json.dumps(Renderer().render(root / "deploy/kubernetes/overlays" / sys.argv[3])))
        return
    programs = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    broken(root)
    wrong = [*kubernetes(root), *compose(root, programs), *images(root)]
    for reason in wrong:
        print(f"manifests: {reason}", file=sys.stderr)
    sys.exit(bool(wrong))


main()
