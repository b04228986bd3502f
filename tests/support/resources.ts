import { objectTypeOf } from "./kubernetes";

/** The API group and the plural of a type token, as roles name them. */
export function resourceOf(type: string): { readonly apiGroup: string; readonly resource: string } {
    const { apiVersion, kind } = objectTypeOf(type);
    const [group = "", version] = apiVersion.split("/");
    return {
        apiGroup: version === undefined ? "" : group,
        resource: `${kind.toLowerCase().replace(/y$/, "ie")}s`,
    };
}
