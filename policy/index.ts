import { PolicyPack } from "@pulumi/policy";
import { packOf } from "./pack";
import { rules } from "./rules";

new PolicyPack("kafka-dr", packOf(rules));
