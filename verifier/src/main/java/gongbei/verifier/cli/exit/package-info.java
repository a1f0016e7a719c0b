/**
 * How a command ends: its exit code, and the exception that carries one with a message for the
 * person at the terminal. Every other package of the command line may use this one; it uses none.
 */
package gongbei.verifier.cli.exit;
