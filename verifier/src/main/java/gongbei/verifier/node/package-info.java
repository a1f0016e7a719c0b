/**
 * One running node: reads what a configuration names ({@code NodeResources}), puts map, log,
 * pipelines and servers together ({@code Node}), and reads files again when they change ({@code
 * NodeFiles}). It knows every part of a node; only commands and benchmarks know it. Start at {@code
 * Node#start}.
 */
package gongbei.verifier.node;
