import { Document, isMap, isSeq } from "yaml";
import type { ClusterPermissions } from "./deployerPermissions";
import { bindingObject, type BoundRole, deployerRoles, roleObject, type Subject } from "./roles";

/** The roles and bindings of one Kubernetes cluster as YAML, each rule with its purpose. */
export function manifest(stack: string, cluster: ClusterPermissions, subject: Subject): string {
    return rolesText(cluster, deployerRoles(stack, cluster), subject);
}

/** Roles of one Kubernetes cluster and their bindings as YAML. */
export function rolesText(
    { sites, context }: Pick<ClusterPermissions, "sites" | "context">,
    roles: readonly BoundRole[],
    subject: Subject,
): string {
    const head = `# Kubernetes cluster of the ${sites.join(" and the ")}: context ${context}\n`;
    const documents = roles.flatMap((role) => {
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
