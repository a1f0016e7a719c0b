package gongbei.verifier.audit;

import gongbei.codec.trust.SubjectSecret;

/**
 * What a node finds holders by who show a document.
 *
 * @param secret the region's, which makes a document's number into a subject
 * @param audit where each lookup leaves a line
 */
public record KnownDocuments(SubjectSecret secret, AuditLog audit) {}
