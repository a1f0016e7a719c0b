/**
 * The hash-chained, signed log of translations and lookups, in files that either region can check
 * alone. It knows keys and JSON, no server. Start reading at {@link
 * gongbei.verifier.audit.AuditLog}.
 */
package gongbei.verifier.audit;
