import type { ServiceDirectory } from "../objects";

/**
 * Replaces the names of Kubernetes services in a bootstrap list by their addresses on this machine.
 * Loopback addresses stay as they are.
 * @throws when a name is not in the directory
 */
export function resolveBootstrapServers(servers: string, services: ServiceDirectory): string {
    return servers
        .split(",")
        .map((server) => {
            const name = server.trim();
            const address = services.get(name.replace(".svc.cluster.local:", ".svc:"));
            if (address !== undefined) {
                return address;
            }
            if (/^(127\.0\.0\.1|localhost):\d+$/.test(name)) {
                return name;
            }
            const known = [...services.keys()].join(", ") || "none";
            throw new Error(`bootstrap server ${name} is no cluster of this lab; known: ${known}`);
        })
        .join(",");
}
