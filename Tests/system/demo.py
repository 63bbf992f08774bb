"""The demo's cluster, to which what a test says happens, and how another exporter reads it."""

import re

from programs import Exporter, wait_for
from simulator import send_fault

KUBECONFIG = """
apiVersion: v1
kind: Config
clusters: [{{name: demo, cluster: {{server: "{server}"}}}}]
users: [{{name: demo, user: {{}}}}]
contexts: [{{name: demo, context: {{cluster: demo, user: demo}}}}]
current-context: demo
"""


class Demo(Exporter):
    """An exporter that reads a simulated cluster in its own process; `server` is the cluster's address."""

    command = "demo"

    def __init__(self, program, *arguments):
        super().__init__(program, *arguments)
        self.server = wait_for(lambda: self.find(r"cluster of .* is at (http://\S+)"), "the address of the cluster")[1]

    def fault(self, method, **body):
        """POST begins a fault, DELETE ends all."""
        send_fault(self.server, method, **body)

    def text(self):
        """Its metrics."""
        return self.get("/metrics", Accept="text/plain")[2].decode()

    def reading(self, folder):
        """The flags of `serve` by which another exporter reads what the demo reads; writes a kubeconfig into the folder."""
        file = folder / "kubeconfig"
        file.write_text(KUBECONFIG.format(server=self.server))
        whole = 'kube_ha_etcd_members_healthy{etcd_cluster="main"} 3'
        metrics = wait_for(lambda: next((text for text in [self.text()] if whole in text), None), "the members of etcd")
        members = re.findall(r'kube_ha_etcd_member_info\{.*client_url="([^"]+)"', metrics)
        # What stands in front of all API servers is none of them.
        servers = [host for host in re.findall(r'kube_ha_apiserver_ready\{apiserver="([^"]+)"', metrics)
                   if host not in self.server]
        return ("--kubeconfig", str(file), "--etcd.endpoints", ",".join(members),
                *(flag for host in servers for flag in ("--probe.endpoint", f"http://{host}")))
