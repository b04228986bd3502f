import { Document, isMap, isSeq } from "yaml";
import type { ClusterPermissions } from "./deployerPermissions";
import { bindingObject, deployerRoles, roleObject, type Subject } from "./roles";

/** The roles and bindings of one Kubernetes cluster as YAML, each rule with what it is for. */
export function manifest(stack: string, cluster: ClusterPermissions, subject: Subject): string {
    const head = `# Kubernetes cluster of the ${cluster.sites.join(" and the ")}: context ${cluster.context}\n`;
    const documents = deployerRoles(stack, cluster).flatMap((role) => {
        const document = new Document(roleObject(role), { aliasDuplicateObjects: false });
        document.commentBefore = comment(role.why);
        const rules = document.get("rules");
        if (isSeq(rules)) {
            rules.items.forEach((item, index) => {
                if (isMap(item)) {
                    item.commentBefore = comment(role.rules[index]?.permission.why ?? "");
                }
            });
        }
        return [document, new Document(bindingObject(role, subject))];
    });
    return head + documents.map((document) => document.toString({ lineWidth: 0 })).join("---\n");
}

function comment(text: string): string {
    return ` ${text}`;
}
