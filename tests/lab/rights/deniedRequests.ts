import { readFileSync } from "node:fs";
import type { RightsLab } from "./rightsLab";

/** A request that the authorizer of a node refused, read from the node's log. */
export interface DeniedRequest {
    readonly user: string;
    readonly operation: string;
    readonly resource: string;
    readonly request: string;
}

const DENIED =
    /Principal = User:(\S+) is Denied operation = (\S+) .* on resource = \w+:\w+:(\S+) for request = (\w+)/;

/** Every request that the brokers and controllers of both sides have refused so far. */
export function deniedRequests(lab: RightsLab): DeniedRequest[] {
    return Object.values(lab.sites)
        .flatMap(({ cluster }) => [...cluster.processes.values()])
        .flatMap(({ logFile }) => readFileSync(logFile, "utf8").split("\n"))
        .flatMap((line) => {
            const [, user, operation, resource, request] = DENIED.exec(line) ?? [];
            return user && operation && resource && request
                ? [{ user, operation, resource, request }]
                : [];
        });
}
