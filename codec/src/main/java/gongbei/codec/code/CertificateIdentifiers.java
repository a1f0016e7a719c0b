package gongbei.codec.code;

import gongbei.codec.cbor.CborReader;

/**
 * Finds the identifiers that issuers revoke foreign certificates by: the claim {@code ci} of each
 * entry of an EU Digital COVID Certificate, and {@code uvci} or {@code utci} of a visible digital
 * seal. Other kinds have none. Allocates nothing. For one thread.
 */
public final class CertificateIdentifiers {
  private final CborReader cbor = new CborReader();
  private final byte[] name = new byte[2];
  private VdsSeal seal;
  private long left;

  /** Stands before the first identifier of a code that is well-formed. */
  public void begin(HealthCode code) {
    seal = code.format() == CodeFormat.VDS ? code.seal() : null;
    left = 0;
    if (code.hcert().kind() == HcertKind.DCC) {
      findEntries(code);
    }
  }

  /** One of v, t and r is an array; the others are not there or null. */
  private void findEntries(HealthCode code) {
    cbor.wrap(code.buffer(), code.hcert().offset()).nextUntagged();
    for (long members = cbor.count(); cbor.hasMore(members); members--) {
      final boolean isType =
          cbor.text(name) == 1 && (name[0] == 'v' || name[0] == 't' || name[0] == 'r');
      final int value = cbor.position();
      if (isType && cbor.nextUntagged().major() == CborReader.ARRAY) {
        left = cbor.count();
        return;
      }
      cbor.position(value);
      cbor.skip();
    }
  }

  /**
   * Copies the next identifier.
   *
   * @param into has room for {@link CodeLimits#MAX_INFLATED_BYTES}
   * @return its length in bytes of UTF-8, or {@link HealthCode#ABSENT} where there is no other
   */
  public int next(byte[] into) {
    if (seal != null) {
      final int length = seal.identifier(into);
      seal = null;
      return length;
    }
    while (left != 0 && cbor.hasMore(left)) {
      left = left < 0 ? left : left - 1;
      final int length = identifierOfEntry(into);
      if (length != HealthCode.ABSENT) {
        return length;
      }
    }
    left = 0;
    return HealthCode.ABSENT;
  }

  private int identifierOfEntry(byte[] into) {
    int length = HealthCode.ABSENT;
    cbor.nextUntagged();
    for (long claims = cbor.count(); cbor.hasMore(claims); claims--) {
      if (cbor.text(name) == 2 && name[0] == 'c' && name[1] == 'i') {
        length = cbor.text(into);
      } else {
        cbor.skip();
      }
    }
    return length;
  }
}
