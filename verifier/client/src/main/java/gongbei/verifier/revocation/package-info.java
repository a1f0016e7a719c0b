/**
 * Revoked foreign codes: published lists of hashes and our own denylist as they are kept in the log
 * and in offline packs, the exact set that they are looked up in, and the check of one code. It
 * knows codec alone. Start reading at {@link gongbei.verifier.revocation.RevocationSet}, then
 * {@link gongbei.verifier.revocation.RevocationCheck}.
 */
package gongbei.verifier.revocation;
