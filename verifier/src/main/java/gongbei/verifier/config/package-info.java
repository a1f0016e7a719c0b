/**
 * The settings of a node and of its parts, as a YAML file has them: types, defaults and bounds. It
 * knows the client's limits and the replication's names of ciphers and hosts, and nothing that
 * runs. Start at {@code NodeConfig}.
 */
package gongbei.verifier.config;
