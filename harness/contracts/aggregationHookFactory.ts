/** What makes a chain's aggregations of hooks: `aggregationHookFactory` in a deployment and in the configuration. */
export const AGGREGATION_HOOK_FACTORY = "StaticAggregationHookFactory";
