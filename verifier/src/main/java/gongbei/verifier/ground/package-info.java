/**
 * The table of grounds as people write it, YAML and JSON: start with {@link
 * gongbei.verifier.ground.GroundTableReader}, which checks it field by field. It may know codec and
 * replication's table, and nothing of how the text came.
 */
package gongbei.verifier.ground;
