import type { SiteName } from "../../config/settingsSchema";
import { SYSTEM_CAS } from "./container";
import type { JobAccess } from "./siteAccess";

/** A volume of a pod; the key of its source is the kind of the volume. */
interface Volume {
    readonly name: string;
    readonly [kind: string]: unknown;
}

interface VolumeMount {
    readonly name: string;
    readonly mountPath: string;
    readonly subPath?: string;
    readonly readOnly: boolean;
}

export interface Mounted {
    readonly args: readonly string[];
    readonly volumes: readonly Volume[];
    readonly mounts: readonly VolumeMount[];
}

/** Mode of the files. All users may read them: the user and group of the only container are unknown. */
const READABLE = 0o444;

/** The arguments for the connection to a site, and the mounted Secrets that they refer to. */
export function mountedSite(
    side: SiteName,
    { bootstrapServers, ca, credentials }: JobAccess,
): Mounted {
    const folder = `/etc/kafka-dr/${side}`;
    const caSecret = ca === undefined || ca === "system" ? undefined : ca.secretName;
    const caVolume = `${side}-ca`;
    const userVolume = `${side}-user`;
    const files =
        credentials?.type === "password"
            ? { [credentials.passwordKey]: "password" }
            : credentials?.type === "certificate"
              ? {
                    [credentials.certificateKey]: "user.crt",
                    [credentials.privateKeyKey]: "user.key",
                }
              : {};
    return {
        args: [
            `--${side}-bootstrap`,
            bootstrapServers,
            ...(ca === undefined
                ? []
                : [`--${side}-ca`, ca === "system" ? SYSTEM_CAS : `${folder}/ca`]),
            ...(credentials?.type === "password"
                ? [
                      `--${side}-user`,
                      credentials.user,
                      `--${side}-password-file`,
                      `${folder}/user/password`,
                  ]
                : []),
            ...(credentials?.type === "certificate"
                ? [
                      `--${side}-certificate`,
                      `${folder}/user/user.crt`,
                      `--${side}-key`,
                      `${folder}/user/user.key`,
                  ]
                : []),
        ],
        volumes: [
            ...(caSecret === undefined
                ? []
                : [
                      {
                          name: caVolume,
                          secret: { secretName: caSecret, defaultMode: READABLE },
                      },
                  ]),
            ...(credentials === undefined
                ? []
                : [
                      {
                          name: userVolume,
                          secret: {
                              secretName: credentials.secretName,
                              defaultMode: READABLE,
                              items: Object.entries(files).map(([key, path]) => ({ key, path })),
                          },
                      },
                  ]),
        ],
        mounts: [
            ...(caSecret === undefined
                ? []
                : [{ name: caVolume, mountPath: `${folder}/ca`, readOnly: true }]),
            ...(credentials === undefined
                ? []
                : [{ name: userVolume, mountPath: `${folder}/user`, readOnly: true }]),
        ],
    };
}

const STACK_FILE_ANNOTATION = "kafka-dr/stack-file";

/** The stack file as an annotation of the pod, so that no other object must be deleted afterwards. */
export function mountedStackFile(
    root: string,
    { name, text }: { readonly name: string; readonly text: string },
) {
    const path = `metadata.annotations['${STACK_FILE_ANNOTATION}']`;
    return {
        annotations: { [STACK_FILE_ANNOTATION]: text },
        volumes: [
            {
                name: "stack-file",
                downwardAPI: {
                    defaultMode: READABLE,
                    items: [{ path: name, fieldRef: { fieldPath: path } }],
                },
            },
        ],
        mounts: [
            {
                name: "stack-file",
                mountPath: `${root}/${name}`,
                subPath: name,
                readOnly: true,
            },
        ],
    };
}
