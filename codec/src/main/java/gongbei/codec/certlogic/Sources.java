package gongbei.codec.certlogic;

import gongbei.codec.cbor.CborReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where values come from: literals, inputs, constants, what a fold is at, and what lies in them.
 */
final class Sources {
  private Sources() {}

  static final class Null extends Node {
    Null(int cell) {
      super(cell, 0);
    }

    @Override
    void compute(Evaluation evaluation) {
      evaluation.cells().put(cell(), Cells.NULL);
    }
  }

  /** An object with members that only paths through it lead to. */
  static final class Closed extends Node {
    Closed(int cell) {
      super(cell, 0);
    }

    @Override
    void compute(Evaluation evaluation) {
      evaluation.cells().put(cell(), Cells.OBJECT, 1);
    }
  }

  static final class Bool extends Node {
    private final boolean value;

    Bool(int cell, boolean value) {
      super(cell, 0);
      this.value = value;
    }

    @Override
    void compute(Evaluation evaluation) {
      evaluation.cells().putBoolean(cell(), value);
    }
  }

  static final class Int extends Node {
    private final long value;

    Int(int cell, long value) {
      super(cell, 0);
      this.value = value;
    }

    @Override
    void compute(Evaluation evaluation) {
      evaluation.cells().put(cell(), Cells.INTEGER, value);
    }
  }

  static final class Text extends Node {
    private final byte[] value;

    Text(int cell, byte[] value) {
      super(cell, 0);
      this.value = value;
    }

    @Override
    void compute(Evaluation evaluation) {
      evaluation.cells().putText(cell(), value, 0, value.length);
    }
  }

  /** Data that no context changes. */
  static final class Constant extends Node {
    private final byte[] cbor;

    Constant(int cell, byte[] cbor) {
      super(cell, 0);
      this.cbor = cbor;
    }

    /** The items, where it is an array of texts alone; else none. */
    List<byte[]> texts() {
      final List<byte[]> texts = new ArrayList<>();
      final CborReader reader = new CborReader().wrap(cbor, 0).next();
      if (reader.major() != CborReader.ARRAY) {
        return List.of();
      }
      for (long left = reader.count(); reader.hasMore(left); left--) {
        final byte[] text = new byte[CertLogicLimits.MAX_TEXT_BYTES];
        final int length = reader.text(text);
        if (length == CborReader.NO_TEXT || length > text.length) {
          return List.of();
        }
        texts.add(Arrays.copyOf(text, length));
      }
      return texts;
    }

    @Override
    void compute(Evaluation evaluation) {
      evaluation.cells().putItem(cell(), cbor, 0);
    }
  }

  static final class Input extends Node {
    private final int from;

    Input(int cell, int from) {
      super(cell, 0);
      this.from = from;
    }

    @Override
    void compute(Evaluation evaluation) {
      evaluation.cells().copy(from, cell());
    }
  }

  /** What a fold is at; the fold puts it there. */
  static final class OfFold extends Node {
    OfFold(int cell, long folds) {
      super(cell, folds);
    }

    @Override
    void compute(Evaluation evaluation) {
      // The value is there.
    }
  }

  /** What a path leads to from a value: a member of an object, or an item of an array. */
  static final class Member extends Node {
    private static final int MAX_DIGITS = 9;

    private final Node owner;
    private final byte[] name;
    private final int index;

    Member(int cell, Node owner, String name) {
      super(cell, owner.folds());
      this.owner = owner;
      this.name = Program.utf8(name);
      this.index =
          name.length() <= MAX_DIGITS && name.chars().allMatch(each -> each >= '0' && each <= '9')
              ? Integer.parseInt(name)
              : -1;
    }

    @Override
    void compute(Evaluation evaluation) {
      final int from = evaluation.value(owner);
      final Cells cells = evaluation.cells();
      switch (cells.kind(from)) {
        case Cells.FAILED -> cells.put(cell(), Cells.FAILED);
        case Cells.OBJECT -> cells.putMember(from, name, cell());
        case Cells.ARRAY, Cells.ITEMS -> {
          if (index < 0) {
            cells.put(cell(), Cells.NULL);
          } else {
            cells.putElement(from, index, cell());
          }
        }
        default -> cells.put(cell(), Cells.NULL);
      }
    }
  }
}
