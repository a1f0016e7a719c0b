package gongbei.verifier.rules;

import gongbei.codec.model.HolderStatus;

/** A holder's status that a test says; green and untested until then. */
final class Holder implements HolderStatus {
  private int colour;
  private int result;
  private int sampleEpochMinutes;
  private int doses;

  Holder colour(int number) {
    colour = number;
    return this;
  }

  Holder result(int number) {
    result = number;
    return this;
  }

  Holder sampleEpochMinutes(int minutes) {
    sampleEpochMinutes = minutes;
    return this;
  }

  Holder doses(int count) {
    doses = count;
    return this;
  }

  @Override
  public int colour() {
    return colour;
  }

  @Override
  public int result() {
    return result;
  }

  @Override
  public int sampleEpochMinutes() {
    return sampleEpochMinutes;
  }

  @Override
  public int doses() {
    return doses;
  }
}
