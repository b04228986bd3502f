import type { Settings } from "../../config/settingsSchema";
import type { Right } from "./mirrorRights";
import { checkpointsTopic, connectorNames, connectStorage, offsetSyncsTopic } from "./names";

/** What a right of MM2 is on, whatever its name in one stack. */
export type RightSubject =
    | "mirrored topic"
    | "synced group"
    | "offset-syncs topic"
    | "checkpoints topic"
    | "config topic"
    | "offset topic"
    | "status topic"
    | "group of the workers"
    | "transactional ID of the leader"
    | "transactional IDs of the source tasks"
    | "transactional IDs of the checkpoint tasks"
    | "cluster";

/** The subject of a right under the settings that it comes from. */
export function rightSubject(
    settings: Pick<Settings, "source" | "target" | "mirror">,
    { type, resource }: Right,
): RightSubject {
    const storage = connectStorage(settings.mirror);
    const connectors = connectorNames(settings);
    const named: Record<Right["type"], Readonly<Record<string, RightSubject>>> = {
        cluster: {},
        group: { [storage.groupId]: "group of the workers" },
        topic: {
            [storage.configStorageTopic]: "config topic",
            [storage.offsetStorageTopic]: "offset topic",
            [storage.statusStorageTopic]: "status topic",
            [offsetSyncsTopic(settings)]: "offset-syncs topic",
            [checkpointsTopic(settings)]: "checkpoints topic",
        },
        transactionalId: {
            [`${storage.groupId}-${connectors.source}-`]: "transactional IDs of the source tasks",
            [`${storage.groupId}-${connectors.checkpoint}-`]:
                "transactional IDs of the checkpoint tasks",
        },
    };
    const others: Record<Right["type"], RightSubject> = {
        cluster: "cluster",
        group: "synced group",
        topic: "mirrored topic",
        transactionalId: "transactional ID of the leader",
    };
    return named[type][resource?.name ?? ""] ?? others[type];
}
