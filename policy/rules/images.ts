import { isStrimzi, spec } from "../resource";
import { resourceRule } from "../rule";
import { violationAt } from "../violation";
import { members } from "./walk";

const WITH_DIGEST = /@sha256:[0-9a-f]{64}$/;

const imageDigest = resourceRule({
    id: "image-digest",
    summary:
        "An image in a spec is pinned by digest: a tag can point to another image tomorrow. A spec without an image uses the operator's own, which is allowed.",
    remedy: "Write the image as `registry/name@sha256:...`, or leave it out.",
    level: "mandatory",
    severity: "medium",
    scope: "every stack",
    check: (resource) =>
        isStrimzi(resource, "Kafka", "KafkaNodePool", "KafkaMirrorMaker2")
            ? members(spec(resource))
                  .flatMap(({ name, field }) => imageIn(name, field))
                  .filter((image) =>
                      image.holds((value) => typeof value === "string" && !WITH_DIGEST.test(value)),
                  )
                  .map((image) =>
                      violationAt(
                          resource,
                          image,
                          'pinned by digest, such as "registry/name@sha256:..."',
                          "Replace the tag by the digest of the image that was tested, or remove it to use the operator's.",
                      ),
                  )
            : [],
});

/** `image`, `brokerRackInitImage` and the like; an image volume has its name in `reference`. */
function imageIn(name: string, field: Parameters<typeof members>[0]) {
    return /^image$|Image$/.test(name) ? [field, field.at("reference")] : [];
}

/** Rules on images. */
export const imageRules = [imageDigest];
