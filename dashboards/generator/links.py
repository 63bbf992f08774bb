"""Links from the cells of tables: what a cell names leads to where it is explained."""

_SAME = "${datasource:queryparam}&${cluster:queryparam}&${__url_time_range}"

# A cell with the name of a rule leads to its section of the runbook.
RUNBOOK = [("Runbook", "${runbook:raw}#${__value.text}")]
# A cell with a namespace, or the name of an application beside one.
APPLICATION = [("Applications of the namespace", f"/d/kube-ha-application?var-namespace=${{__value.text}}&{_SAME}")]
ONE_APPLICATION = [(
    "Application", "/d/kube-ha-application?var-namespace=${__data.fields.Namespace}"
    f"&var-application=${{__value.text}}&{_SAME}")]
# A cell with a node's or zone's name.
NODES = [("Nodes, budgets and drains", f"/d/kube-ha-nodes?{_SAME}")]
SURVIVAL = [("Survival", f"/d/kube-ha-survival?{_SAME}")]
