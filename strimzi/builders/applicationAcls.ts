import type { Access } from "../../config/phase";
import type { UserSettings } from "../../config/settingsSchema";
import type { Acl } from "./kafkaUser";

type Resource = UserSettings["produces"][number];
type Operations = Acl["operations"];

const TOPIC_TO_WRITE: Record<Access, Operations> = {
    writing: ["Write"],
    consuming: ["Describe"],
    standby: ["Describe"],
};

const GROUP: Record<Access, Operations> = {
    writing: ["Read"],
    consuming: ["Read"],
    standby: ["Describe"],
};

/**
 * What an application's user may do at a site.
 *
 * Only where the phase lets it may it write, commit offsets or use a transactional id: this is what
 * keeps a producer that was not told of a failover from writing to the wrong side, and a group that
 * runs at the standby from moving the offsets that MM2 keeps there. Reading is allowed at both, so
 * that a standby can be looked at.
 */
export function applicationAcls(user: UserSettings, access: Access): Acl[] {
    const { produces, consumes, groups, transactionalIds } = user;
    return [
        ...acls("topic", produces, TOPIC_TO_WRITE[access]),
        ...acls("topic", consumes, ["Read"]),
        ...acls("group", groups, GROUP[access]),
        ...(access === "writing" ? acls("transactionalId", transactionalIds, ["Write"]) : []),
    ];
}

function acls(
    type: Acl["resource"]["type"],
    resources: readonly Resource[],
    operations: Operations,
): Acl[] {
    return resources.map(({ name, patternType }) => ({
        resource: { type, name, patternType },
        operations: [...operations],
    }));
}
