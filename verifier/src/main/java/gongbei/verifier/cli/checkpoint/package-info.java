/**
 * Commands for checkpoints and their devices: {@code scan}, {@code lookup}, {@code pack}, {@code
 * ruleset}, {@code device} and {@code device-test}. They ask a node over HTTP or by the scanner
 * protocol; a pack is also checked without one.
 */
package gongbei.verifier.cli.checkpoint;
