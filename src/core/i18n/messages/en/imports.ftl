## Files

import-unsupported-format = This file is neither CSV nor XLSX. Save it in one of these formats and send it again.
import-not-utf8 = The file is not UTF-8. In Excel, save it as “CSV UTF-8”.
import-no-rows = The table has no row after its header row.
import-too-many-rows = The table has more than { $max } rows. Please send it in parts.
import-too-large = The file holds more than a table of this size can: too many cells, too much text, or merged areas that overlap. Please copy the table into a new sheet, or send it in parts.
import-columns-required = Choose the columns for: { $names }.
import-unknown-column = Unknown column or field “{ $name }”. Columns are letters, as in a spreadsheet.
import-unknown-unit = “{ $unit }” is no unit that can be chosen for “{ $field }”.
import-already-applied = This table has already been imported. Send the file again to import more.
import-already-undone = This import has been undone. Send the file again to import it.
import-being-applied = This table is being imported. Please wait until that has ended.
import-being-undone = This import is being undone. Please wait until that has ended.
import-interrupted = A part of this table has been imported. Import it again to add the rest, or undo it first.
import-not-applied = This table has not been imported, so there is nothing to undo.
import-undo-reason = The import of { $file } was undone
import-undo-booths-changed = The import cannot be undone: { $n } booths were changed or used since: { $names }
import-undo-products-changed = The import cannot be undone: { $n } products were changed since: { $names }
import-undo-applications-changed = The import cannot be undone: { $n } applications were changed or have booths, products or papers: { $names }
import-undo-contacts-changed = The import cannot be undone: the contacts of { $n } exhibitors were changed since: { $names }
import-undo-exhibitors-changed = The import cannot be undone: { $n } exhibitors were changed or used since: { $names }
import-undo-reports-changed = The import cannot be undone: { $n } sales reports were corrected or reviewed since: { $names }
import-undo-counts-changed = The import cannot be undone: counts of { $n } gates and days were adjusted since: { $names }
import-error-heading = Error
import-too-many-columns = The table has cells beyond { $max } columns. Delete the columns that are not needed.
import-too-many-sheets = The file has more than { $max } sheets. Please split it.
import-delimiter-unclear = It is unclear which character separates the columns. Add a first line “sep=;” or “sep=,”, or save the file as XLSX.
import-choose-sheet = The file has several tables: { $names }. Choose a sheet and send the file again.
import-unknown-sheet = The file has no sheet “{ $name }”. It has: { $names }.
import-yes = yes
import-no = no

## Rows

import-invalid-line = Line { $line }: { $reason }
import-missing-cell = This cell is empty, but required.
import-hour-range = Line { $line }: an hour must be 0 to 23.
import-invalid-booth-code = Line { $line }: a booth code is letters, digits and marks with at least one digit, for example A01.
import-booth-exists = Line { $line }: a booth with this code already exists, or is listed twice.
import-booths-wanted-range = Line { $line }: the number of booths must be 0 to { $max }. Zero enters the exhibitor without an application.
import-unknown-country = Unknown country. Write its name or its two letters, for example Laos or LA.
import-unknown-application-state = Unknown state of an application. Write: submitted, approved, waiting list, rejected or withdrawn.
import-unknown-category = Unknown category. Use standard, corner, special build or raw space.
import-unknown-legal-form = Line { $line }: unknown legal form. Write for example: co-operative, company, household business.
import-unknown-product-group = Unknown product group.
import-unknown-booth = Line { $line }: no booth has this code.
import-several-booths = Line { $line }: this cell names several booths. How their sales are divided is not known: give each booth its own line.
import-several-booths-created = Line { $line }: “{ $text }” is read as { $n } booths, each with the area and the fee of the line.
import-unknown-wish = Line { $line }: the edition has no booth or zone “{ $text }”.
import-booth-not-occupied = Line { $line }: nobody has this booth on { $day }.
import-unknown-exhibitor = Line { $line }: no exhibitor of this name has applied to the edition.
import-unknown-gate = Line { $line }: the edition has no such gate.
import-unknown-zone = Line { $line }: the edition has no such zone.
import-not-opening-day = Line { $line }: this is not a past opening day.
import-reason-required = Line { $line }: a correction needs a reason.
import-duplicate-exhibitor = Line { $line }: this exhibitor is listed twice.
import-duplicate-report = Line { $line }: this booth and day are listed twice.
import-duplicate-hour = Line { $line }: this gate and hour are listed twice.
import-count-conflict = Line { $line }: this hour already has another count. Correct it with an adjustment at the gate.
import-outside-opening-hours = Line { $line }: outside the opening hours. It is imported; please check the time.
import-day-total-range = Line { $line }: a gate has at most { $max } on a day.
