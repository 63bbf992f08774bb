// The recording that `demo` reads: every file of recording/, compiled in.
//
// `#embed` is of C23; the compiler takes it in older modes too and only warns of it. It takes no time to compile, and
// the pages are mapped from the binary when they are read.
#include "CDemoRecording.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

// A name for each file, made of its own.
static const unsigned char admissionregistration_k8s_io_v1_mutatingwebhookconfigurations_pb[] = {
#embed "recording/admissionregistration.k8s.io_v1_mutatingwebhookconfigurations.pb"
};
static const unsigned char admissionregistration_k8s_io_v1_validatingwebhookconfigurations_pb[] = {
#embed "recording/admissionregistration.k8s.io_v1_validatingwebhookconfigurations.pb"
};
static const unsigned char apiregistration_k8s_io_v1_apiservices_pb[] = {
#embed "recording/apiregistration.k8s.io_v1_apiservices.pb"
};
static const unsigned char apps_v1_controllerrevisions_pb[] = {
#embed "recording/apps_v1_controllerrevisions.pb"
};
static const unsigned char apps_v1_daemonsets_pb[] = {
#embed "recording/apps_v1_daemonsets.pb"
};
static const unsigned char apps_v1_deployments_pb[] = {
#embed "recording/apps_v1_deployments.pb"
};
static const unsigned char apps_v1_replicasets_pb[] = {
#embed "recording/apps_v1_replicasets.pb"
};
static const unsigned char apps_v1_statefulsets_pb[] = {
#embed "recording/apps_v1_statefulsets.pb"
};
static const unsigned char autoscaling_v2_horizontalpodautoscalers_pb[] = {
#embed "recording/autoscaling_v2_horizontalpodautoscalers.pb"
};
static const unsigned char coordination_k8s_io_v1_leases_pb[] = {
#embed "recording/coordination.k8s.io_v1_leases.pb"
};
static const unsigned char core_v1_namespaces_pb[] = {
#embed "recording/core_v1_namespaces.pb"
};
static const unsigned char core_v1_nodes_pb[] = {
#embed "recording/core_v1_nodes.pb"
};
static const unsigned char core_v1_persistentvolumeclaims_pb[] = {
#embed "recording/core_v1_persistentvolumeclaims.pb"
};
static const unsigned char core_v1_persistentvolumes_pb[] = {
#embed "recording/core_v1_persistentvolumes.pb"
};
static const unsigned char core_v1_pods_pb[] = {
#embed "recording/core_v1_pods.pb"
};
static const unsigned char core_v1_replicationcontrollers_pb[] = {
#embed "recording/core_v1_replicationcontrollers.pb"
};
static const unsigned char core_v1_services_pb[] = {
#embed "recording/core_v1_services.pb"
};
static const unsigned char discovery_k8s_io_v1_endpointslices_pb[] = {
#embed "recording/discovery.k8s.io_v1_endpointslices.pb"
};
static const unsigned char gateway_networking_k8s_io_v1_gatewayclasses_json[] = {
#embed "recording/gateway.networking.k8s.io_v1_gatewayclasses.json"
};
static const unsigned char gateway_networking_k8s_io_v1_gateways_json[] = {
#embed "recording/gateway.networking.k8s.io_v1_gateways.json"
};
static const unsigned char gateway_networking_k8s_io_v1_httproutes_json[] = {
#embed "recording/gateway.networking.k8s.io_v1_httproutes.json"
};
static const unsigned char networking_k8s_io_v1_ingressclasses_pb[] = {
#embed "recording/networking.k8s.io_v1_ingressclasses.pb"
};
static const unsigned char networking_k8s_io_v1_ingresses_pb[] = {
#embed "recording/networking.k8s.io_v1_ingresses.pb"
};
static const unsigned char networking_k8s_io_v1_networkpolicies_pb[] = {
#embed "recording/networking.k8s.io_v1_networkpolicies.pb"
};
static const unsigned char policy_v1_poddisruptionbudgets_pb[] = {
#embed "recording/policy_v1_poddisruptionbudgets.pb"
};
static const unsigned char probes_jsonl[] = {
#embed "recording/probes.jsonl"
};
static const unsigned char rbac_authorization_k8s_io_v1_clusterrolebindings_pb[] = {
#embed "recording/rbac.authorization.k8s.io_v1_clusterrolebindings.pb"
};
static const unsigned char rbac_authorization_k8s_io_v1_clusterroles_pb[] = {
#embed "recording/rbac.authorization.k8s.io_v1_clusterroles.pb"
};
static const unsigned char rbac_authorization_k8s_io_v1_rolebindings_pb[] = {
#embed "recording/rbac.authorization.k8s.io_v1_rolebindings.pb"
};
static const unsigned char rbac_authorization_k8s_io_v1_roles_pb[] = {
#embed "recording/rbac.authorization.k8s.io_v1_roles.pb"
};
static const unsigned char recorded_at_txt[] = {
#embed "recording/recorded-at.txt"
};
static const unsigned char storage_k8s_io_v1_storageclasses_pb[] = {
#embed "recording/storage.k8s.io_v1_storageclasses.pb"
};
static const unsigned char storage_k8s_io_v1_volumeattachments_pb[] = {
#embed "recording/storage.k8s.io_v1_volumeattachments.pb"
};
static const unsigned char version_json[] = {
#embed "recording/version.json"
};

static const demo_recording_file files[] = {
    {"admissionregistration.k8s.io_v1_mutatingwebhookconfigurations.pb", admissionregistration_k8s_io_v1_mutatingwebhookconfigurations_pb, sizeof admissionregistration_k8s_io_v1_mutatingwebhookconfigurations_pb},
    {"admissionregistration.k8s.io_v1_validatingwebhookconfigurations.pb", admissionregistration_k8s_io_v1_validatingwebhookconfigurations_pb, sizeof admissionregistration_k8s_io_v1_validatingwebhookconfigurations_pb},
    {"apiregistration.k8s.io_v1_apiservices.pb", apiregistration_k8s_io_v1_apiservices_pb, sizeof apiregistration_k8s_io_v1_apiservices_pb},
    {"apps_v1_controllerrevisions.pb", apps_v1_controllerrevisions_pb, sizeof apps_v1_controllerrevisions_pb},
    {"apps_v1_daemonsets.pb", apps_v1_daemonsets_pb, sizeof apps_v1_daemonsets_pb},
    {"apps_v1_deployments.pb", apps_v1_deployments_pb, sizeof apps_v1_deployments_pb},
    {"apps_v1_replicasets.pb", apps_v1_replicasets_pb, sizeof apps_v1_replicasets_pb},
    {"apps_v1_statefulsets.pb", apps_v1_statefulsets_pb, sizeof apps_v1_statefulsets_pb},
    {"autoscaling_v2_horizontalpodautoscalers.pb", autoscaling_v2_horizontalpodautoscalers_pb, sizeof autoscaling_v2_horizontalpodautoscalers_pb},
    {"coordination.k8s.io_v1_leases.pb", coordination_k8s_io_v1_leases_pb, sizeof coordination_k8s_io_v1_leases_pb},
    {"core_v1_namespaces.pb", core_v1_namespaces_pb, sizeof core_v1_namespaces_pb},
    {"core_v1_nodes.pb", core_v1_nodes_pb, sizeof core_v1_nodes_pb},
    {"core_v1_persistentvolumeclaims.pb", core_v1_persistentvolumeclaims_pb, sizeof core_v1_persistentvolumeclaims_pb},
    {"core_v1_persistentvolumes.pb", core_v1_persistentvolumes_pb, sizeof core_v1_persistentvolumes_pb},
    {"core_v1_pods.pb", core_v1_pods_pb, sizeof core_v1_pods_pb},
    {"core_v1_replicationcontrollers.pb", core_v1_replicationcontrollers_pb, sizeof core_v1_replicationcontrollers_pb},
    {"core_v1_services.pb", core_v1_services_pb, sizeof core_v1_services_pb},
    {"discovery.k8s.io_v1_endpointslices.pb", discovery_k8s_io_v1_endpointslices_pb, sizeof discovery_k8s_io_v1_endpointslices_pb},
    {"gateway.networking.k8s.io_v1_gatewayclasses.json", gateway_networking_k8s_io_v1_gatewayclasses_json, sizeof gateway_networking_k8s_io_v1_gatewayclasses_json},
    {"gateway.networking.k8s.io_v1_gateways.json", gateway_networking_k8s_io_v1_gateways_json, sizeof gateway_networking_k8s_io_v1_gateways_json},
    {"gateway.networking.k8s.io_v1_httproutes.json", gateway_networking_k8s_io_v1_httproutes_json, sizeof gateway_networking_k8s_io_v1_httproutes_json},
    {"networking.k8s.io_v1_ingressclasses.pb", networking_k8s_io_v1_ingressclasses_pb, sizeof networking_k8s_io_v1_ingressclasses_pb},
    {"networking.k8s.io_v1_ingresses.pb", networking_k8s_io_v1_ingresses_pb, sizeof networking_k8s_io_v1_ingresses_pb},
    {"networking.k8s.io_v1_networkpolicies.pb", networking_k8s_io_v1_networkpolicies_pb, sizeof networking_k8s_io_v1_networkpolicies_pb},
    {"policy_v1_poddisruptionbudgets.pb", policy_v1_poddisruptionbudgets_pb, sizeof policy_v1_poddisruptionbudgets_pb},
    {"probes.jsonl", probes_jsonl, sizeof probes_jsonl},
    {"rbac.authorization.k8s.io_v1_clusterrolebindings.pb", rbac_authorization_k8s_io_v1_clusterrolebindings_pb, sizeof rbac_authorization_k8s_io_v1_clusterrolebindings_pb},
    {"rbac.authorization.k8s.io_v1_clusterroles.pb", rbac_authorization_k8s_io_v1_clusterroles_pb, sizeof rbac_authorization_k8s_io_v1_clusterroles_pb},
    {"rbac.authorization.k8s.io_v1_rolebindings.pb", rbac_authorization_k8s_io_v1_rolebindings_pb, sizeof rbac_authorization_k8s_io_v1_rolebindings_pb},
    {"rbac.authorization.k8s.io_v1_roles.pb", rbac_authorization_k8s_io_v1_roles_pb, sizeof rbac_authorization_k8s_io_v1_roles_pb},
    {"recorded-at.txt", recorded_at_txt, sizeof recorded_at_txt},
    {"storage.k8s.io_v1_storageclasses.pb", storage_k8s_io_v1_storageclasses_pb, sizeof storage_k8s_io_v1_storageclasses_pb},
    {"storage.k8s.io_v1_volumeattachments.pb", storage_k8s_io_v1_volumeattachments_pb, sizeof storage_k8s_io_v1_volumeattachments_pb},
    {"version.json", version_json, sizeof version_json},
};

const demo_recording_file *demo_recording_files(void) { return files; }

size_t demo_recording_file_count(void) { return sizeof files / sizeof files[0]; }
