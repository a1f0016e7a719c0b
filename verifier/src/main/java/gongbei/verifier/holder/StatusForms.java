package gongbei.verifier.holder;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.status.StatusForm;
import java.time.LocalDate;

/** What a form of a status is in the log, and what a record of the map is as a form. */
public final class StatusForms {
  private StatusForms() {}

  /**
   * The command that replaces a holder's status by a form.
   *
   * @param origin who answers for it, and on what ground
   */
  public static StatusCommand.SetStatus command(
      Subject subject, StatusForm form, ChangeOrigin origin) {
    return StatusCommand.SetStatus.of(subject)
        .colour(form.colour())
        .test(form.result(), form.sampleEpochMinutes())
        .doses(form.doses())
        .lastDoseEpochDay(form.lastDoseEpochDay())
        .flags(form.flags())
        .until(form.untilEpochMinutes())
        .next(form.next())
        .origin(origin)
        .build();
  }

  /** What the map knows of a holder, as it is when the record has lapsed or not. */
  public static StatusForm of(StatusRecord record) {
    final StatusForm.Builder form =
        StatusForm.of(Colour.ofNumber(record.colour())).doses(record.doses()).flags(record.flags());
    if (record.result() != StatusRecord.RESULT_NONE) {
      form.test(TestResult.ofNumber(record.result()), record.sampleEpochMinutes());
    }
    if (record.lastDoseEpochDay() != 0) {
      form.lastDose(LocalDate.ofEpochDay(record.lastDoseEpochDay()));
    }
    if (record.untilEpochMinutes() != 0) {
      form.untilEpochMinutes(record.untilEpochMinutes()).next(Colour.ofNumber(record.next()));
    }
    return form.build();
  }
}
