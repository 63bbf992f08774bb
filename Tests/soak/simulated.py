"""The simulated cluster of a soak: TLS, churn, and the faults that last."""

import json
import pathlib
import ssl
import subprocess
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))

from certificates import Authority


class Cluster:
    def __init__(self, program, folder, seed):
        authority = Authority(folder / "ca")
        served = authority.issue("server", addresses=[f"127.0.0.{number}" for number in range(1, 10)])
        self.kubeconfig = folder / "kubeconfig"
        self.process = subprocess.Popen(
            [program, "--nodes", "9", "--pods", "200", "--pod-bytes", "2000", "--seed", str(seed),
             "--certificate", str(served.file), "--key", str(served.key), "--certificate-authority", str(authority.file),
             "--write-kubeconfig", str(self.kubeconfig)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"soak: the simulator ended: {self.process.stderr.read()}")
        self.addresses = json.loads(line)
        self.context = ssl.create_default_context(cafile=str(authority.file))
        self.flags = [
            "--kubeconfig", str(self.kubeconfig), "--etcd.endpoints", ",".join(self.addresses["etcd"]),
            "--etcd.ca-file", str(authority.file),
            *(flag for url in self.addresses["apiServers"] for flag in ("--probe.endpoint", url))]

    def control(self, method, route, body=None):
        request = urllib.request.Request(
            self.addresses["server"].rstrip("/") + "/simulator/" + route, method=method,
            data=json.dumps(body).encode() if body else None)
        with urllib.request.urlopen(request, timeout=30, context=self.context) as answer:
            return json.load(answer)

    def begin(self, fault):
        self.control("POST", "faults", fault.body)

    def end(self, fault):
        self.control("DELETE", "faults", fault.body)

    def set_churn(self, rate):
        self.control("POST", "churn", {"perSecond": rate})

    def stop(self):
        self.process.terminate()
        self.process.wait()
