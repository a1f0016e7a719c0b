/**
 * Turns the form of a holder's status into commands of the log, and records of the map into the
 * form: start with {@link gongbei.verifier.holder.StatusForms}. It may know codec, replication and
 * the form, and nothing of how either came.
 */
package gongbei.verifier.holder;
