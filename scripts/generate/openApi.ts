/** The part of a Kubernetes CustomResourceDefinition that the generator reads. */
export interface CustomResourceDefinition {
    spec: {
        group: string;
        versions: {
            name: string;
            additionalPrinterColumns: { description?: string | undefined }[];
            schema: { openAPIV3Schema: OpenApiSchema };
        }[];
    };
}

/** The structural OpenAPI v3 schema of a CustomResourceDefinition, as far as Strimzi uses it. */
export interface OpenApiSchema {
    description?: string;
    example?: unknown;
    type?: string;
    properties?: Record<string, OpenApiSchema>;
    required?: string[];
    additionalProperties?: OpenApiSchema;
    items?: OpenApiSchema;
    enum?: unknown[];
    pattern?: string;
    minimum?: number;
    maximum?: number;
    minItems?: number;
    maxItems?: number;
    minLength?: number;
    maxLength?: number;
    nullable?: boolean;
    oneOf?: OpenApiSchema[];
    anyOf?: OpenApiSchema[];
    "x-kubernetes-int-or-string"?: boolean;
    "x-kubernetes-preserve-unknown-fields"?: boolean;
    "x-kubernetes-validations"?: { rule: string; message?: string }[];
}
