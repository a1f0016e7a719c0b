/**
 * The way into the log, whoever orders it: submissions, their queue, their outcomes, and a log in
 * memory for a node that keeps nothing. Knows the state machine and nothing of Aeron. Start reading
 * at {@link gongbei.replication.log.CommandLog}.
 */
package gongbei.replication.log;
