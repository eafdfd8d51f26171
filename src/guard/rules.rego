default allowed_losses := []

allowed_losses := data.allowed_losses

# A resource that is replaced is also destroyed.
destroyed contains change if {
	some change in input.resource_changes
	"delete" in change.change.actions
	not change.address in allowed_losses
}

identities contains found if {
	some change in input.resource_changes
	change.address == "terraform_data.identity"
	some side in ["before", "after"]
	found := change.change[side].input
}

owner := concat(", ", identities) if {
	count(identities) > 0
} else := "not in it"

verb(change) := "replaces" if {
	"create" in change.change.actions
} else := "destroys"

reason(change) := sprintf(": forced by %v", [concat(", ", paths)]) if {
	paths := {path | some steps in change.change.replace_paths; path := concat(".", [sprintf("%v", [step]) | some step in steps])}
	count(paths) > 0
} else := ""

deny contains message if {
	some change in destroyed
	resource := retained[change.address]
	message := sprintf("the plan %s %s (%s), which loses %s%s", [verb(change), change.address, resource.construct, resource.loss, reason(change)])
}

deny contains message if {
	some change in destroyed
	not retained[change.address]
	loss := retained_types[change.type]
	message := sprintf("the plan %s %s, which this configuration does not have, and which loses %s%s", [verb(change), change.address, loss, reason(change)])
}

deny contains message if {
	not identities[identity]
	message := sprintf("this is no plan of %s; its owner is %s: use the policy of that configuration, and the output of `terraform show -json`", [identity, owner])
}

deny contains "the plan is incomplete, because planning failed" if input.errored
