## Files

import-unsupported-format = Tệp này không phải CSV hay XLSX. Hãy lưu thành một trong hai loại rồi gửi lại.
import-not-utf8 = Tệp không phải UTF-8. Trong Excel hãy lưu dạng “CSV UTF-8”.
import-no-rows = Bảng không có dòng nào sau dòng tiêu đề.
import-too-many-rows = Bảng có quá { $max } dòng. Hãy chia nhỏ.
import-too-large = Tệp chứa quá nhiều so với một bảng: quá nhiều ô, quá nhiều chữ hoặc các vùng gộp ô chồng lên nhau. Hãy chép bảng sang trang tính mới, hoặc chia nhỏ.
import-columns-required = Hãy chọn cột cho: { $names }.
import-unknown-column = Không có cột hoặc trường “{ $name }”. Cột ghi bằng chữ cái như trong bảng tính.
import-unknown-unit = “{ $unit }” không phải là đơn vị chọn được cho “{ $field }”.
import-already-applied = Bảng này đã được nhập. Hãy gửi lại tệp nếu muốn nhập tiếp.
import-already-undone = Lần nhập này đã được hoàn tác. Hãy gửi lại tệp nếu muốn nhập.
import-being-applied = Bảng này đang được nhập. Hãy chờ đến khi nhập xong.
import-being-undone = Lần nhập này đang được hoàn tác. Hãy chờ đến khi xong.
import-interrupted = Một phần của bảng này đã được nhập. Hãy nhập lại để thêm phần còn lại, hoặc hoàn tác trước.
import-not-applied = Bảng này chưa được nhập nên không có gì để hoàn tác.
import-undo-reason = Hoàn tác lần nhập tệp { $file }
import-undo-booths-changed = Không hoàn tác được: { $n } gian đã được sửa hoặc sử dụng sau khi nhập: { $names }
import-undo-products-changed = Không hoàn tác được: { $n } sản phẩm đã được sửa sau khi nhập: { $names }
import-undo-applications-changed = Không hoàn tác được: { $n } đơn đăng ký đã được sửa, hoặc có gian, sản phẩm, giấy tờ: { $names }
import-undo-contacts-changed = Không hoàn tác được: liên hệ của { $n } đơn vị đã được sửa sau khi nhập: { $names }
import-undo-exhibitors-changed = Không hoàn tác được: { $n } đơn vị đã được sửa hoặc sử dụng sau khi nhập: { $names }
import-undo-reports-changed = Không hoàn tác được: { $n } báo cáo doanh thu đã được sửa hoặc xét sau khi nhập: { $names }
import-undo-counts-changed = Không hoàn tác được: số đếm của { $n } cổng và ngày đã được điều chỉnh sau khi nhập: { $names }
import-error-heading = Lỗi
import-too-many-columns = Bảng có ô ở ngoài { $max } cột đầu. Hãy xóa các cột thừa.
import-too-many-sheets = Tệp có quá { $max } trang tính. Hãy tách tệp.
import-delimiter-unclear = Không rõ các cột ngăn cách bằng dấu nào. Hãy thêm dòng đầu “sep=;” hoặc “sep=,”, hoặc lưu thành XLSX.
import-choose-sheet = Tệp có nhiều bảng: { $names }. Hãy chọn một trang tính rồi gửi lại.
import-unknown-sheet = Tệp không có trang tính “{ $name }”. Có: { $names }.
import-yes = có
import-no = không

## Rows

import-invalid-line = Dòng { $line }: { $reason }
import-missing-cell = Ô này bắt buộc nhưng đang trống.
import-hour-range = Dòng { $line }: giờ từ 0 đến 23.
import-invalid-booth-code = Dòng { $line }: mã gian gồm chữ, số và dấu, có ít nhất một số, ví dụ A01.
import-booth-exists = Dòng { $line }: mã gian này đã có hoặc bị lặp.
import-booths-wanted-range = Dòng { $line }: số gian từ 0 đến { $max }. Số 0: chỉ ghi hồ sơ, không lập đơn.
import-unknown-country = Không rõ quốc gia. Hãy ghi tên nước hoặc mã hai chữ, ví dụ Lào hoặc LA.
import-unknown-application-state = Không rõ trạng thái đơn. Hãy ghi: chờ duyệt, đã duyệt, danh sách chờ, từ chối hoặc đã rút.
import-unknown-category = Không rõ loại gian. Hãy ghi tiêu chuẩn, góc, đặc biệt hoặc đất trống.
import-unknown-legal-form = Dòng { $line }: chưa rõ loại hình. Hãy ghi, ví dụ: hợp tác xã, công ty, hộ kinh doanh.
import-unknown-product-group = Không có nhóm sản phẩm này.
import-unknown-booth = Dòng { $line }: không có gian nào mang mã này.
import-several-booths = Dòng { $line }: ô này ghi nhiều gian. Không rõ doanh thu chia thế nào: hãy ghi mỗi gian một dòng.
import-several-booths-created = Dòng { $line }: “{ $text }” được hiểu là { $n } gian, mỗi gian có diện tích và phí ghi ở dòng này.
import-unknown-wish = Dòng { $line }: kỳ hội chợ không có gian hoặc khu “{ $text }”.
import-booth-not-occupied = Dòng { $line }: ngày { $day } không có đơn vị nào đứng gian này.
import-unknown-exhibitor = Dòng { $line }: không có đơn vị nào tên này đăng ký kỳ hội chợ.
import-unknown-gate = Dòng { $line }: kỳ hội chợ không có cổng này.
import-unknown-zone = Dòng { $line }: kỳ hội chợ không có khu vực này.
import-not-opening-day = Dòng { $line }: không phải ngày mở cửa đã qua.
import-reason-required = Dòng { $line }: sửa báo cáo cần nêu lý do.
import-duplicate-exhibitor = Dòng { $line }: đơn vị này bị lặp.
import-duplicate-report = Dòng { $line }: gian và ngày này có hai lần.
import-duplicate-hour = Dòng { $line }: cổng và giờ này bị lặp.
import-count-conflict = Dòng { $line }: giờ này đã có số đếm khác. Hãy sửa bằng điều chỉnh tại cổng.
import-outside-opening-hours = Dòng { $line }: ngoài giờ mở cửa. Vẫn được nhập; hãy kiểm tra lại giờ.
import-day-total-range = Dòng { $line }: một cổng một ngày có nhiều nhất { $max } lượt.
