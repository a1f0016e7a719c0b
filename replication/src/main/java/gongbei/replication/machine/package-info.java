/**
 * The deterministic state machine: what a message of the log does to the map, to the documents
 * beside it and to what is remembered of clients. Knows neither files nor Aeron. Start reading at
 * {@link gongbei.replication.machine.ReplicatedState#apply(org.agrona.DirectBuffer, int, int)}.
 */
package gongbei.replication.machine;
