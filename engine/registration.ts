import type { Map as ProtocolMap } from "google-protobuf";
import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import {
    type ReadResourceRequest,
    type RegisterResourceRequest,
    RegisterResourceResponse,
    Result,
} from "@pulumi/pulumi/proto/resource_pb";
import type {
    AliasSeen,
    CustomTimeouts,
    ReadRequest,
    Registration,
    ResourceOptionsSeen,
} from "./backend";
import { unknown } from "./backend";
import { formatPropertyPath } from "./propertyPath";
import { makeUrn } from "./urn";
import { type Properties, unknownProperties } from "./wire";

/** Converts a request to plain values. The resource inherits options from its parent. */
export function registrationOf(
    request: RegisterResourceRequest,
    urn: string,
    properties: Properties,
    parent: Registration | undefined,
): Registration {
    return {
        urn,
        type: request.getType(),
        name: request.getName(),
        custom: request.getCustom(),
        inputs: properties.values,
        secretPaths: properties.secrets.map(formatPropertyPath),
        unknownPaths: properties.unknowns.map(formatPropertyPath),
        options: optionsOf(request, parent?.options),
    };
}

/** The URN of the resource that a request registers or reads. */
export function requestUrn(
    { project, stack }: { readonly project: string; readonly stack: string },
    request: RegisterResourceRequest | ReadResourceRequest,
): string {
    const [type, name] = [request.getType(), request.getName()];
    return makeUrn({ project, stack, type, name, parent: present(request.getParent()) });
}

/** The response of `--continue-on-error` to a registration that failed: all outputs are unknown. */
export function failedResponse(
    request: RegisterResourceRequest,
    urn: string,
): RegisterResourceResponse {
    const response = new RegisterResourceResponse();
    response.setUrn(urn);
    response.setResult(Result.FAIL);
    response.setObject(unknownProperties(request.getObject()?.getFieldsMap().keys() ?? []));
    return response;
}

/** Converts the request of a read to plain values. */
export function readRequestOf(
    request: ReadResourceRequest,
    urn: string,
    properties: Properties,
): ReadRequest {
    const id = request.getId();
    return withoutUndefined<ReadRequest>({
        urn,
        type: request.getType(),
        name: request.getName(),
        id: id === unknown ? undefined : id,
        inputs: properties.values,
        parent: present(request.getParent()),
        provider: present(request.getProvider()),
        dependencies: request.getDependenciesList(),
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    });
}

function optionsOf(
    request: RegisterResourceRequest,
    inherited: ResourceOptionsSeen | undefined,
): ResourceOptionsSeen {
    return withoutUndefined<ResourceOptionsSeen>({
        parent: present(request.getParent()),
        provider: present(request.getProvider()),
        providers: Object.fromEntries(entriesOf(request.getProvidersMap())),
        dependencies: request.getDependenciesList(),
        propertyDependencies: Object.fromEntries(
            entriesOf(request.getPropertydependenciesMap()).map(([property, resources]) => [
                property,
                resources.getUrnsList(),
            ]),
        ),
        protect: request.hasProtect() ? request.getProtect() : inherited?.protect,
        retainOnDelete: request.hasRetainondelete()
            ? request.getRetainondelete()
            : inherited?.retainOnDelete,
        deletedWith: present(request.getDeletedwith()) ?? inherited?.deletedWith,
        deleteBeforeReplace: request.getDeletebeforereplacedefined()
            ? request.getDeletebeforereplace()
            : undefined,
        ignoreChanges: request.getIgnorechangesList(),
        replaceOnChanges: request.getReplaceonchangesList(),
        replaceWith: request.getReplaceWithList(),
        hideDiffs: request.getHidediffsList(),
        aliases: request.getAliasesList().map(aliasOf),
        customTimeouts: customTimeoutsOf(request),
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
        importId: present(request.getImportid()),
        version: present(request.getVersion()),
        hooks: hooksOf(request.getHooks()),
    });
}

function hooksOf(
    binding: RegisterResourceRequest.ResourceHooksBinding | undefined,
): ResourceOptionsSeen["hooks"] {
    const bound = Object.entries({
        beforeCreate: binding?.getBeforeCreateList() ?? [],
        afterCreate: binding?.getAfterCreateList() ?? [],
        beforeUpdate: binding?.getBeforeUpdateList() ?? [],
        afterUpdate: binding?.getAfterUpdateList() ?? [],
        beforeDelete: binding?.getBeforeDeleteList() ?? [],
        afterDelete: binding?.getAfterDeleteList() ?? [],
        onError: binding?.getOnErrorList() ?? [],
    }).filter(([, names]) => names.length > 0);
    return bound.length === 0 ? undefined : Object.fromEntries(bound);
}

function aliasOf(alias: Alias): AliasSeen {
    const spec = alias.getSpec();
    if (spec === undefined) {
        return alias.getUrn();
    }
    return withoutUndefined({
        name: present(spec.getName()),
        type: present(spec.getType()),
        stack: present(spec.getStack()),
        project: present(spec.getProject()),
        parent: present(spec.getParenturn()),
        noParent: spec.getNoparent() || undefined,
    });
}

function customTimeoutsOf(request: RegisterResourceRequest): CustomTimeouts | undefined {
    const timeouts = request.getCustomtimeouts();
    const seen = withoutUndefined<CustomTimeouts>({
        create: present(timeouts?.getCreate()),
        update: present(timeouts?.getUpdate()),
        delete: present(timeouts?.getDelete()),
        read: present(timeouts?.getRead()),
    });
    return Object.keys(seen).length === 0 ? undefined : seen;
}

/** The entries of a protocol map, whose `getEntryList` lacks messages. */
function entriesOf<Value>(map: ProtocolMap<string, Value>): [string, Value][] {
    const entries: [string, Value][] = [];
    map.forEach((value, key) => entries.push([key, value]));
    return entries;
}

/** The protocol represents an absent text as an empty one. */
function present(text: string | undefined): string | undefined {
    return text === "" ? undefined : text;
}

/** Drops undefined fields, so that registrations equal literals without them. */
function withoutUndefined<T extends object>(value: { [Key in keyof T]: T[Key] | undefined }): T {
    return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}
