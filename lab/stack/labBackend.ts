import {
    type Backend,
    type BackendContext,
    type KnownReadRequest,
    type KnownResource,
    type Registration,
    type ResourceState,
    needsUpdate,
} from "../../engine/backend";
import type { ProgramResult } from "../../engine/program";
import type { LabMirrorMaker } from "../connect/mirrorMaker";
import type { LabContext } from "../context";
import type { LabKafkaCluster } from "../kafka/kafkaCluster";
import type { ConfigMapLookup, ConfigMapObject, SecretLookup, SecretObject } from "../objects";
import type { LabUserOperator } from "../users/userOperator";
import { CONFIG_MAP, idOf, LabObjects, SECRET, stored } from "./labObjects";
import { LabOperators, refuseInvalid } from "./labOperators";
import { randomPassword } from "./randomPassword";

const KUBERNETES = "kubernetes:";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const RANDOM_PASSWORD = "random:index/randomPassword:RandomPassword";

/** What the stack's program made, as it runs on this machine. */
export interface LabDeployment {
    readonly clusters: ReadonlyMap<string, LabKafkaCluster>;
    readonly mirrorMakers: ReadonlyMap<string, LabMirrorMaker>;
    /** What acts on the KafkaUsers of each cluster, by the id of the Kafka. */
    readonly users: ReadonlyMap<string, LabUserOperator>;
    /** A Secret as it is now, whoever made it; undefined when there is none. */
    readonly secret: SecretLookup;
    /**
     * Creates or replaces a Secret. What reads it, reads it again when it is applied: a KafkaUser or
     * a MirrorMaker 2.
     */
    readonly applySecret: (secret: SecretObject) => void;
    /** A ConfigMap as it is now, whoever made it; undefined when there is none. */
    readonly configMap: ConfigMapLookup;
    /** Creates or replaces a ConfigMap, such as that of new offsets. */
    readonly applyConfigMap: (configMap: ConfigMapObject) => void;
    /**
     * From now on the API server of a site does not answer: whatever is to be created, changed,
     * deleted or read there fails. Objects that stay as they are need no answer.
     * @param site a namespace, or the context of a provider
     */
    readonly unreachable: (site: string) => void;
    /** Ends that. */
    readonly reachable: (site: string) => void;
    /**
     * What Strimzi's operators do by themselves when a Kafka was rebuilt: makes its topics and users
     * anew.
     * @param id of the Kafka, `namespace/name`
     */
    readonly reconcile: (id: string) => Promise<void>;
}

/** A resource of an earlier run. */
interface LabResource extends KnownResource {
    readonly type: string;
    readonly id: string;
    readonly context: string | undefined;
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
}

/**
 * Runs what the program registers: clusters and MirrorMaker 2 as local processes, topics and users
 * in those clusters; Secrets, ConfigMaps and what else Kubernetes has are kept in memory. It stands
 * for the API server and for Strimzi's operators: an object that Strimzi's schemas refuse is refused
 * here, and an id is given only when Strimzi would report Ready.
 *
 * State is kept from run to run, in the manner of `KubernetesBackend`: what is equal is not touched,
 * what would be replaced is refused, and {@link deleteStale} deletes what a run no longer registered.
 */
export class LabBackend implements Backend, LabDeployment {
    private readonly state = new Map<string, LabResource>();
    /** What runs on although the stack has forgotten it: type and id. */
    private readonly retained = new Set<string>();
    private readonly objects = new LabObjects();
    private readonly operators: LabOperators;

    constructor(
        lab: LabContext,
        kafkaVersion: string,
        onStep: (text: string) => void = () => undefined,
    ) {
        this.operators = new LabOperators(lab, kafkaVersion, this.objects, onStep);
    }

    get clusters(): ReadonlyMap<string, LabKafkaCluster> {
        return this.operators.clusters;
    }

    get mirrorMakers(): ReadonlyMap<string, LabMirrorMaker> {
        return this.operators.mirrorMakers;
    }

    get users(): ReadonlyMap<string, LabUserOperator> {
        return this.operators.users;
    }

    readonly secret: SecretLookup = (namespace, name) => this.operators.secret(namespace, name);

    readonly applySecret = (secret: SecretObject): void => {
        this.objects.put(SECRET, secret);
    };

    readonly configMap: ConfigMapLookup = (namespace, name) =>
        this.objects.configMap(namespace, name);

    readonly applyConfigMap = (configMap: ConfigMapObject): void => {
        this.objects.put(CONFIG_MAP, configMap);
    };

    readonly unreachable = (site: string): void => {
        this.objects.setReachable(site, false);
    };

    readonly reachable = (site: string): void => {
        this.objects.setReachable(site, true);
    };

    readonly reconcile = async (id: string): Promise<void> => this.operators.reconcile(id);

    known(urn: string): KnownResource | undefined {
        return this.state.get(urn);
    }

    async create(registration: Registration, context: BackendContext): Promise<ResourceState> {
        const { urn, type, inputs, options } = registration;
        const known = this.state.get(urn);
        const { protect = false, retainOnDelete = false } = options;
        const entry = {
            type,
            inputs,
            context: contextOf(options.provider, context),
            protect,
            retainOnDelete,
        };
        if (known !== undefined && !needsUpdate(registration, known)) {
            this.state.set(urn, { ...known, ...entry });
            return { id: known.id, outputs: known.outputs };
        }
        if (!type.startsWith(KUBERNETES) && type !== RANDOM_PASSWORD) {
            throw new Error(
                `The lab runs Kubernetes objects and random passwords, and no ${type}.`,
            );
        }
        if (context.preview) {
            return { id: known?.id, outputs: this.previewed(registration) };
        }
        if (type === RANDOM_PASSWORD) {
            const outputs = { ...inputs, result: randomPassword(inputs) };
            this.state.set(urn, { ...entry, id: "none", outputs });
            return { id: "none", outputs };
        }
        const object = stored(type, inputs);
        const id = idOf(object);
        this.refuse(registration, id, known, entry.context);
        this.objects.put(type, object);
        this.retained.delete(`${type} ${id}`);
        // From here on the object exists, whatever becomes of it.
        this.state.set(urn, { ...entry, id, outputs: { ...object }, unfinished: true });
        const status = await this.operators.deploy(type, id, inputs);
        const outputs = { ...object, ...(status !== undefined && { status }) };
        this.state.set(urn, { ...entry, id, outputs });
        return { id, outputs };
    }

    async read(request: KnownReadRequest, context: BackendContext): Promise<ResourceState> {
        const { type, id, provider } = request;
        const [namespace = "", name = ""] = id.split("/");
        const sites = [siteOf(type, id), contextOf(provider, context)];
        this.objects.refuseUnreachable(`${type} "${id}"`, sites);
        const found = type === SECRET ? this.secret(namespace, name) : this.objects.find(type, id);
        if (found === undefined) {
            return Promise.reject(new Error(`resource '${id}' does not exist`));
        }
        return { id, outputs: { ...found } };
    }

    /**
     * Deletes what earlier runs made and this one no longer registers, the youngest first, as Pulumi
     * does at the end of an update. What has `retainOnDelete` runs on and is only forgotten; a later
     * run that registers it again takes it as it is.
     *
     * @throws {Error} before anything is deleted, when one of them is protected.
     */
    async deleteStale({ registrations }: Pick<ProgramResult, "registrations">): Promise<void> {
        const keep = new Set(registrations.map(({ urn }) => urn));
        const doomed = [...this.state].filter(([urn]) => !keep.has(urn)).reverse();
        const isProtected = doomed.filter(([, { protect }]) => protect).map(([urn]) => urn);
        if (isProtected.length > 0) {
            throw new Error(`protected, so nothing is deleted: ${isProtected.join(", ")}`);
        }
        const forgetful = new Set(
            registrations.filter(deletesUnreachable).map(({ inputs }) => inputs.context),
        );
        for (const [urn, { type, id, retainOnDelete, context }] of doomed) {
            const object = this.objects.find(type, id);
            const isLost = this.objects.isUnreachable([siteOf(type, id), context]);
            if (retainOnDelete || (isLost && forgetful.has(context))) {
                this.retained.add(`${type} ${id}`);
            } else if (object !== undefined) {
                this.objects.refuseUnreachable(`${type} "${id}"`, [siteOf(type, id), context]);
                await this.operators.remove(type, id, object);
                this.objects.delete(type, id);
            }
            this.state.delete(urn);
        }
    }

    /** The outputs that a preview knows of something new or changed. */
    private previewed({ type, inputs, unknownPaths }: Registration): Record<string, unknown> {
        if (unknownPaths.length === 0 && type !== RANDOM_PASSWORD) {
            refuseInvalid(type, idOf(stored(type, inputs)), inputs);
        }
        return { ...inputs };
    }

    private refuse(
        { urn, type }: Registration,
        id: string,
        known: LabResource | undefined,
        context: string | undefined,
    ): void {
        if (known !== undefined && known.id !== id) {
            throw new Error(
                `${urn} would be replaced (${known.id} -> ${id}); that is not done here`,
            );
        }
        this.objects.refuseUnreachable(`${type} "${id}"`, [siteOf(type, id), context]);
        const isThere = this.objects.find(type, id) !== undefined;
        if (known === undefined && isThere && !this.retained.has(`${type} ${id}`)) {
            throw new Error(`${type} "${id}" already exists`);
        }
    }
}

/** The namespace to which an object belongs, a Namespace to itself. */
function siteOf(type: string, id: string): string | undefined {
    return id.includes("/") || type === NAMESPACE ? id.split("/")[0] : undefined;
}

function contextOf(provider: string | undefined, context: BackendContext): string | undefined {
    const name = context.provider(provider)?.inputs.context;
    return typeof name === "string" ? name : undefined;
}

/** The provider's option that takes objects of a cluster that does not answer out of the state. */
function deletesUnreachable({ type, inputs }: Registration): boolean {
    return type === "pulumi:providers:kubernetes" && inputs.deleteUnreachable === "true";
}
