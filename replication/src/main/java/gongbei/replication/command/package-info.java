/**
 * The changes that an authority can ask for, as values and as messages of the log, and what became
 * of them. Knows the fields of a record and nothing of how changes are ordered or applied. Start
 * reading at {@link gongbei.replication.command.StatusCommand}.
 */
package gongbei.replication.command;
