package gongbei.codec.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A document that a person can be known by; its number is what the HMAC sees. */
public enum DocumentType {
  /** 居民身份证. */
  MAINLAND_ID(1),
  /** 港澳居民来往内地通行证, the Home Return Permit. */
  HOME_RETURN_PERMIT(2),
  /** 往来港澳通行证, the Exit-Entry Permit. */
  EXIT_ENTRY_PERMIT(3),
  /** Bilhete de Identidade de Residente, 澳門居民身份證. */
  MACAU_BIR(4),
  /** Any passport; the number opens with its country's three letters. */
  PASSPORT(5);

  private final int number;

  DocumentType(int number) {
    this.number = number;
  }

  /** The number that stands for it, 1 to 255. */
  public int number() {
    return number;
  }

  @Override
  public String toString() {
    return wireName();
  }

  /**
   * The type of a name, as in {@code macau-bir}.
   *
   * @throws IllegalArgumentException where it is none; the message lists those that there are
   */
  public static DocumentType ofWireName(String name) {
    for (final DocumentType type : values()) {
      if (type.wireName().equals(name)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "is not one of "
            + Arrays.stream(values())
                .map(DocumentType::wireName)
                .collect(Collectors.joining(", ")));
  }

  /** The name on the command line and in JSON, as in {@code macau-bir}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
