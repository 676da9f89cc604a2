## Problem titles

problem-already-exists = Đã tồn tại
problem-bad-request = Yêu cầu không đúng dạng
problem-booth-already-taken = Gian hàng đã có người giữ
problem-edition-finalised = Kỳ hội chợ đã chốt số liệu
problem-email-not-verified = E-mail chưa được xác minh
problem-floor-changed = Mặt bằng đã thay đổi
problem-forbidden = Vai trò của bạn không được phép làm việc này
problem-idempotency-key-reused = Idempotency-Key đã được dùng
problem-illegal-step = Không được phép chuyển sang trạng thái này
problem-in-use = Đang được dùng hoặc tham chiếu không tồn tại
problem-internal = Lỗi phía máy chủ
problem-invalid = Dữ liệu không hợp lệ
problem-login-required = Cần đăng nhập
problem-method-not-allowed = Địa chỉ này không hỗ trợ phương thức đã dùng
problem-not-eligible = Không đủ điều kiện vào khu vực này
problem-not-found = Không tìm thấy
problem-precondition-required = Thiếu tiêu đề If-Match
problem-second-factor-required = Cần bước thứ hai khi đăng nhập
problem-stale-version = Bản ghi đã bị người khác sửa
problem-too-large = Nội dung quá lớn
problem-too-many-requests = Quá nhiều yêu cầu
problem-too-slow = Hết thời gian chờ
problem-unavailable = Máy chủ đang bận
problem-unsupported-file = Loại tệp không được chấp nhận
problem-wrong-code = Sai mã
problem-wrong-credentials = Sai e-mail hoặc mật khẩu
problem-wrong-passkey = Khoá truy cập không được chấp nhận

## Requests

error-query-parameter = Tham số không hợp lệ: { $reason }
error-unknown-parameter = Không có tham số “{ $name }”. Các tham số được dùng: [{ $known }].
error-unknown-field = Không có trường “{ $name }”. Các trường được dùng: { $known }.
error-unknown-part = Không có phần “{ $name }”. Các phần được dùng: { $known }.
error-invalid-value = Giá trị không hợp lệ: { $reason }.
error-invalid-json = JSON không đúng: { $inner }
error-json-trailing-data = Có dữ liệu thừa sau JSON.
error-text-length = Cần từ 1 đến { $max } ký tự, không có ký tự điều khiển.
error-limit-range = limit phải từ 1 đến 500.
error-invalid-cursor = cursor không hợp lệ. Hãy bắt đầu lại từ trang đầu.
error-invalid-updated-since = updated_since này không phải là giá trị “synced” đã được cấp. Hãy bỏ tham số này để đọc lại từ đầu.
error-since-range = “since” là một thời điểm trong { $days } ngày qua.
error-invalid-last-event-id = Last-Event-ID không hợp lệ.
error-invalid-idempotency-key = Idempotency-Key cần từ 1 đến 255 ký tự ASCII in được.
error-idempotency-key-in-progress = Yêu cầu với Idempotency-Key này đang được xử lý. Hãy thử lại sau giây lát.
error-idempotency-key-reused = Idempotency-Key này đã dùng cho một yêu cầu khác. Hãy tạo khóa mới.
error-if-match-required = Hãy gửi If-Match với ETag vừa đọc.
error-invalid-if-match = Giá trị If-Match không phải là ETag hợp lệ.
error-if-match-not-found = Chưa có bản nào. Hãy gửi lại không kèm If-Match.
error-stale-version = Bản hiện tại là "v{ $current }". Hãy tải lại rồi sửa.
error-body-too-large = Nội dung gửi lên vượt quá { $max_mb } MB. Hãy chia nhỏ.
error-body-over-limit = Nội dung gửi lên vượt quá { $max_kib } KiB.
error-encoded-body = Máy chủ không nhận nội dung đã nén. Gửi lại không kèm Content-Encoding.
error-body-timeout = Dữ liệu gửi lên quá chậm. Hãy kiểm tra kết nối rồi thử lại.
error-form-too-large = Tệp hoặc nội dung quá lớn. Hãy chia nhỏ.
error-cross-site-request = Yêu cầu này không đến từ trang của hệ thống. Hãy tải lại trang rồi thử lại.
error-rate-limit = Bạn gửi quá nhanh. Hãy thử lại sau { $seconds } giây.
error-stream-limit = Quá nhiều luồng sự kiện đang mở từ địa chỉ hoặc tài khoản của bạn. Hãy đóng bớt rồi thử lại.
error-streams-full = Quá nhiều luồng sự kiện đang mở. Vui lòng thử lại sau giây lát.
error-recipient-limit = Địa chỉ này đã nhận quá nhiều e-mail loại này trong hôm nay. Hãy thử lại vào ngày mai.
error-concurrent-change = Dữ liệu đang được người khác sửa cùng lúc. Vui lòng thử lại.
error-database-busy = Cơ sở dữ liệu đang bận. Vui lòng thử lại sau giây lát.
error-server-busy = Máy chủ đang bận. Vui lòng thử lại sau vài giây.
error-too-many-downloads = Ban tổ chức này đang có quá nhiều lượt tải xuống. Hãy chờ một lượt xong rồi thử lại.
error-sum-overflow = Tổng số tiền quá lớn.

## Accounts, members and keys

error-invalid-access-token = Phiên đăng nhập không hợp lệ hoặc đã hết hạn. Hãy đăng nhập lại.
error-invalid-email = Địa chỉ e-mail không hợp lệ.
error-email-exists = E-mail này đã có tài khoản.
error-password-length = Mật khẩu cần từ 10 đến 200 ký tự.
error-password-weak = Mật khẩu này dễ đoán. Hãy dùng vài từ không liên quan đến bạn hoặc hội chợ.
error-account-locked = Sai mật khẩu quá { $attempts } lần. Hãy chờ { $minutes } phút, hoặc đặt lại mật khẩu.
error-email-not-verified = Hãy mở thư xác minh đã gửi tới e-mail của bạn, hoặc yêu cầu gửi lại.
error-wrong-code = Mã sai, quá cũ hoặc đã dùng rồi. Hãy chờ mã tiếp theo và kiểm tra đồng hồ của điện thoại có để tự động không. Không có điện thoại thì dùng một mã khôi phục.
error-wrong-first-code = Đây không phải mã của khoá này. Hãy chờ mã tiếp theo và kiểm tra đồng hồ của điện thoại có để tự động không. Nếu vẫn không được, hãy xoá mục đó trong ứng dụng rồi làm lại từ đầu.
error-login-challenge-expired = Đã hết thời gian cho bước thứ hai. Hãy đăng nhập lại.
error-second-factor-required = Hãy bật bước thứ hai khi đăng nhập ở trang tài khoản (/account/second-factor), hoặc đăng nhập bằng khoá truy cập. Sau đó vai trò của bạn lại có hiệu lực.
error-second-factor-exists = Tài khoản đã có bước thứ hai. Muốn chuyển sang điện thoại khác, hãy tắt trước.
error-second-factor-not-begun = Lần đăng nhập này chưa bắt đầu bật bước thứ hai. Hãy bắt đầu lại bằng mật khẩu.
error-no-second-factor = Tài khoản không có bước thứ hai.
error-second-factor-locked = Hôm nay tài khoản này bị nhập sai mã quá nhiều lần. Hãy thử lại sau 24 giờ; nếu không phải bạn thì có người biết mật khẩu: hãy đổi mật khẩu.
error-own-second-factor-first = Hãy bật bước thứ hai cho chính tài khoản của bạn trước, để không tự khoá mình.
error-sso-unavailable = { $provider } không phản hồi. Hãy đăng nhập bằng e-mail và mật khẩu, hoặc thử lại sau vài phút.
error-sso-expired = Lần đăng nhập này bắt đầu ở trình duyệt khác, đã quá mười phút hoặc đã dùng rồi. Hãy bắt đầu lại.
error-sso-invalid = Dữ liệu { $provider } gửi về không hợp lệ nên bạn chưa đăng nhập. Hãy bắt đầu lại; nếu vẫn lỗi, hãy báo đơn vị vận hành máy chủ và tạm đăng nhập bằng e-mail và mật khẩu.
error-sso-denied = Bạn chưa đăng nhập: việc đăng nhập ở { $provider } đã bị huỷ hoặc không được phép. Hãy bắt đầu lại, hoặc đăng nhập bằng e-mail và mật khẩu.
error-sso-email-unverified = { $provider } không cho biết địa chỉ e-mail đã xác minh nào của bạn. Hãy đăng nhập ở đây bằng e-mail và mật khẩu rồi liên kết ở trang tài khoản.
error-sso-no-account = Không có tài khoản nhân sự nào ở đây dùng địa chỉ e-mail của bạn. Hãy xin ban tổ chức một thư mời; nếu bạn có tài khoản với địa chỉ khác, hãy đăng nhập bằng địa chỉ đó và mật khẩu.
error-sso-no-staff = Chỉ nhân sự của ban tổ chức mới liên kết được tài khoản. Hãy xin ban tổ chức một thư mời.
error-sso-identity-linked = Tài khoản ở nhà cung cấp đã liên kết với một tài khoản khác ở đây. Hãy bỏ liên kết ở tài khoản đó trước, hoặc đăng nhập vào tài khoản đó.
error-sso-account-linked = Tài khoản của bạn ở đây đã liên kết với một tài khoản khác ở nhà cung cấp. Hãy đăng nhập bằng tài khoản đó, hoặc bỏ liên kết ở trang tài khoản trước.
error-sso-link-expired = Đã hết thời gian liên kết, hoặc hai tài khoản đã được liên kết. Hãy bắt đầu lại.
error-passkeys-off = Máy chủ này không dùng được khoá truy cập: đơn vị vận hành chưa đặt địa chỉ công khai có HTTPS (server.public_url).
error-wrong-passkey = Khoá truy cập này không được chấp nhận. Có thể nó đã bị xoá khỏi tài khoản: hãy đăng nhập bằng mật khẩu.
error-passkey-expired = Bước này đã hết thời gian hoặc đã làm xong. Hãy bắt đầu lại.
error-passkey-limit = Tài khoản đã có { $max } khoá truy cập, tối đa cho phép. Hãy xoá bớt một khoá trước.
error-passkey-exists = Khoá truy cập này đã được thêm rồi.
error-passkey-busy = Có quá nhiều lượt đăng nhập bắt đầu từ địa chỉ này. Hãy chờ vài phút, hoặc đăng nhập bằng mật khẩu.
error-invalid-reset-token = Mã đặt lại không đúng, đã dùng hoặc đã hết hạn. Hãy yêu cầu mã mới.
error-invalid-verification-token = Mã xác minh không đúng, đã dùng hoặc đã hết hạn. Hãy xin mã mới.
error-invalid-invitation = Lời mời không đúng, đã dùng, đã hết hạn, hoặc gửi cho e-mail khác. Hãy xin lời mời mới.
error-invitation-limit = Có quá nhiều lời mời chưa trả lời. Hãy chờ hoặc thu hồi bớt.
error-privacy-notice-outdated = Thông báo về quyền riêng tư hiện nay là { $notice }. Hãy đọc trang /privacy rồi thử lại.
error-last-owner = Phải còn ít nhất một chủ sở hữu. Hãy trao quyền cho người khác trước.
error-missing-scope = Khóa API này thiếu quyền { $scope }. Hãy xin ban tổ chức khóa có quyền đó.
error-not-with-a-key = Khóa API không làm được việc này: hãy đăng nhập bằng tài khoản có quyền.
error-unknown-edition = Ban tổ chức không có kỳ hội chợ này.
error-unknown-series = Ban tổ chức không có chuỗi hội chợ này.
error-unknown-venue = Ban tổ chức không có địa điểm này.
error-unknown-zone = Kỳ hội chợ không có khu vực này.
error-owner-of-one-edition = Chủ sở hữu là của mọi kỳ hội chợ. Hãy chọn vai trò khác, hoặc mọi kỳ hội chợ.
error-last-owner-of = Bạn là chủ sở hữu cuối cùng của { $name }. Hãy trao quyền cho người khác trước.
error-audit-organiser-required = Hãy cho biết organiser; toàn bộ nhật ký chỉ dành cho quản trị nền tảng.
error-invalid-api-key = Khóa API không đúng, đã hết hạn hoặc đã bị thu hồi. Hãy xin khóa mới của ban tổ chức.
error-api-key-expired = Khóa này đã hết hiệu lực.
error-api-key-scope-required = Khóa cần ít nhất một quyền.
error-schema-version = Không có phiên bản này của cấu trúc sự kiện; phiên bản mới nhất là { $newest }.
error-unknown-event = Không có sự kiện này, hoặc nó đã quá 30 ngày: hãy đọc lại từ một thời điểm (`since`).
error-api-key-expiry-range = Khóa có hiệu lực từ 1 đến { $max } ngày.
error-api-key-limit = Một ban tổ chức có tối đa { $max } khóa còn hiệu lực. Hãy thu hồi khóa không dùng.
error-overlap-range = Thời gian chồng lấn từ 0 đến { $max } giờ.
error-edition-of-other-organiser = Có kỳ hội chợ không thuộc ban tổ chức này.
error-edition-list-length = Tối đa 100 kỳ hội chợ.

## Webhooks

error-webhook-url = Địa chỉ nhận tin phải bắt đầu bằng https://, dài tối đa 500 ký tự và không chứa tên đăng nhập.
error-event-type-list-length = Tối đa 100 loại sự kiện.
error-webhook-limit = Mỗi đơn vị tổ chức có tối đa { $max } địa chỉ nhận tin. Hãy xóa bớt trước.
error-webhook-secret-limit = Địa chỉ nhận tin này đang có { $max } khóa ký cũ còn hiệu lực. Hãy chờ chúng hết hạn, hoặc thay với thời gian chồng là 0.
error-webhook-disabled = Địa chỉ này đang tắt. Hãy bật lên trước.

## Editions and places

error-invalid-slug = Slug gồm chữ thường không dấu, số và gạch nối, 3–80 ký tự.
error-slug-exists = Slug này đã được dùng. Hãy chọn slug khác.
error-invalid-time-zone = Múi giờ phải theo IANA, ví dụ Asia/Ho_Chi_Minh.
error-invalid-currency = Mã tiền tệ ISO 4217 gồm ba chữ hoa.
error-declared-total-range = Từ 0 đến { $max }.
error-edition-not-draft = Chỉ xóa được bản nháp; kỳ đã công bố thì hãy hủy.
error-time-zone-not-draft = Chỉ đổi được múi giờ của bản nháp.
error-edition-not-live = Chỉ kết thúc sớm được khi hội chợ đang diễn ra.
error-edition-cannot-resume = Chỉ mở lại được trong { $hours } giờ sau khi kết thúc sớm.
error-edition-has-applications = Đã có đơn đăng ký nên không đưa về bản nháp được.
error-days-to-come = Chưa chốt được: hội chợ còn mở đến ngày { $day }. Nếu đã dừng, hãy kết thúc sớm trước.
error-registration-order = Giờ đóng đăng ký phải sau giờ mở đăng ký.
error-edition-closed = Kỳ hội chợ đã chốt số liệu hoặc đã hủy; không sửa được nữa.
error-invalid-transition = Từ { $from } chỉ có thể sang: [{ $legal }].
error-reason-required = Bước này cần nêu lý do.
error-opening-day-count = Cần từ 1 đến 366 ngày mở cửa.
error-duplicate-day = Ngày này có hai lần.
error-opening-hours = Giờ đóng cửa phải sau giờ mở cửa.
error-year-range = Năm phải từ 2000 đến 2100.
error-not-opening-day = Đây không phải ngày mở cửa.
error-unknown-hall = Nhà này không thuộc địa điểm của kỳ hội chợ.
error-unknown-locality = Không có địa phương mang mã này.
error-locality-not-current = Hiện không có địa phương mang mã này. Hãy tìm trong /localities.
error-figures-not-published = Kỳ hội chợ chưa công bố số liệu.
error-not-embeddable = Địa chỉ này không nhúng được. Hãy dùng địa chỉ của kỳ hội chợ hoặc danh sách đơn vị.
error-invalid-colour = Màu gồm sáu chữ số thập lục phân, ví dụ 0b6e4f.

## Floor

error-invalid-booth-code = Mã gian gồm chữ, số và dấu, có ít nhất một số, ví dụ A01.
error-booth-code-exists = Mã gian hàng bị trùng trong kỳ hội chợ.
error-booth-place-taken = Vị trí trong dãy đã có gian hàng.
error-zone-code-exists = Mã khu vực bị trùng trong kỳ hội chợ.
error-invalid-booth-pattern = Mẫu đánh số dạng A01…A24, tối đa { $max } gian.
error-row-list-length = Cần từ 1 đến 500 dãy.
error-generated-booth-limit = Tối đa { $max } gian mỗi lần.
error-booth-position-range = Vị trí từ 0 đến 100.000 dm, cạnh từ 1 đến 10.000 dm.
error-area-range = Diện tích từ 0,01 đến 10.000 m².
error-fee-range = Phí từ 0 đến 1.000 tỷ.
error-booth-equivalents-range = Từ 1 đến 1.000.
error-category-default-missing = Bắt buộc ở đây hoặc trong bảng giá loại gian.
error-duplicate-category = Loại gian này có hai lần.
error-locality-list-length = Tối đa 200 mã địa phương, mỗi mã tối đa 50 ký tự.

## Organisations, exhibitors and products

error-unknown-exhibitor = Không tìm thấy đơn vị này.
error-invalid-tax-code = Mã số thuế không hợp lệ: 10 số (chi nhánh thêm -001), hộ kinh doanh 12 số.
error-tax-code-exists = Một đơn vị khác đã chứng minh mã số thuế này là của mình.
error-invalid-country = Mã nước gồm hai chữ hoa, ví dụ VN.
error-locality-required = Cần locality_code hoặc locality.
error-contact-list-length = Tối đa 20 người liên hệ.
error-invalid-phone = Số điện thoại không hợp lệ. Hãy viết như khi gọi, ví dụ 0912 345 678; số nước ngoài thêm + và mã nước.
error-contact-address-required = Cần số điện thoại, Zalo hoặc e-mail.
error-tax-code-differs = Mã số thuế này khác mã mà đơn vị đã khai. Hãy đối chiếu với giấy tờ.
error-duplicate-contact = Có người liên hệ bị lặp.
error-tag-list-length = Tối đa { $max } nhãn.
error-search-with-tag = Chỉ tìm theo q hoặc lọc theo nhãn, không dùng cả hai.
error-exhibitor-merged = Hồ sơ này đã được gộp vào hồ sơ khác. Hãy dùng hồ sơ đó, hoặc tách ra trước.
error-exhibitor-linked = Hồ sơ này đã liên kết với một đơn vị. Hãy kết thúc liên kết đó trước.
error-link-exists = Đơn vị đã liên kết với một hồ sơ khác của ban tổ chức này. Hãy đề nghị ban tổ chức gộp hai hồ sơ.
error-invalid-link-invitation = Không có lời mời liên kết nào còn hiệu lực gửi tới địa chỉ của bạn. Có thể lời mời đã hết hạn hoặc đã dùng; hãy đề nghị ban tổ chức gửi lại.
error-merge-with-itself = Không thể gộp một hồ sơ với chính nó. Hãy chọn hồ sơ khác.
error-merge-both-applied = Cả hai đều đã đăng ký “{ $edition }” nên không gộp. Hãy kiểm tra hồ sơ nào đúng cho kỳ hội chợ đó.
error-merge-both-on-booth = Cả hai cùng đứng một gian tại “{ $edition }” nên không gộp.
error-merge-both-in-report = Cả hai cùng có tên trong một báo cáo doanh thu nên không gộp.
error-merge-both-linked = Cả hai đều đã liên kết với một đơn vị nên không gộp. Hãy kết thúc một liên kết trước.
error-organisation-or-exhibitor = Cần đơn vị đăng ký, hoặc hồ sơ đơn vị tham gia mà ban tổ chức đăng ký thay.
error-stars-range = Hạng sao từ 1 đến 5.
error-certificate-incomplete = Giấy chứng nhận cần cả số và ngày hết hạn.
error-certificate-stars = Chỉ sản phẩm từ 3 sao mới có giấy chứng nhận.
error-certificate-expiry-range = Giấy chứng nhận có hiệu lực tối đa 36 tháng.

## Applications and documents

error-registration-closed = Kỳ hội chợ hiện không mở đăng ký.
error-application-exists = Đơn vị này đã có đơn đăng ký cho kỳ hội chợ.
error-application-submitted = Đơn đã nộp thì không sửa được nữa.
error-booths-wanted-range = Số gian từ 1 đến { $max }.
error-wish-list-length = Tối đa { $max } nguyện vọng.
error-duplicate-wish = Có nguyện vọng bị lặp.
error-product-list-length = Tối đa { $max } sản phẩm.
error-duplicate-product = Có sản phẩm bị lặp.
error-unknown-booth-or-zone = Kỳ hội chợ không có gian hoặc khu vực này.
error-unknown-product = Đơn vị không có sản phẩm này.
error-document-limit = Mỗi đơn có tối đa { $limit } giấy tờ.
error-file-type = Chỉ nhận tệp PDF, JPEG, PNG hoặc WebP.
error-content-type-mismatch = Content-Type là { $declared }, nhưng nội dung là { $detected }.
error-file-too-large = Tệp vượt quá { $kib } KiB.
error-file-storage = Không lưu hoặc đọc được tệp. Vui lòng thử lại sau.
error-document-not-removable = Không xóa được giấy tờ của đơn đã được xét và quyết định miễn giấy tờ.

## Allocation

error-booth-list-length = Cần từ 1 đến { $max } gian.
error-duplicate-booth = Có gian bị lặp.
error-booth-of-other-edition = Có gian hàng không thuộc kỳ hội chợ này.
error-booth-taken = Gian hàng này đã được giữ cho đơn khác. Hãy chọn gian khác.
error-application-not-approved = Chỉ phân gian cho đơn đã được duyệt.
error-booths-not-adjacent = Các gian không liền kề. Đặt allow_apart nếu vẫn muốn.
error-zone-not-eligible = { $zone } không dành cho đơn vị này: { $rules }. Nếu vẫn muốn, ghi lý do vào eligibility_waiver.
error-expiry-range = Từ { $min } đến { $max } giây.
error-allocation-ended = Phân bổ này đã kết thúc.
error-not-offered = Chỉ từ chối được gian đang được mời nhận.
error-move-inactive = Chỉ chuyển được gian đang giữ, đang mời hoặc đã nhận.
error-swap-inactive = Chỉ đổi được hai phân bổ khác nhau còn hiệu lực.
error-booth-not-occupied = Ngày { $day } không có đơn vị nào đứng gian này nên không có gì để báo cáo. Hãy kiểm tra ngày; ban tổ chức có thể xác nhận đơn vị từ một ngày sớm hơn.
error-day-has-report = Gian { $booth } đã có báo cáo doanh thu ngày { $day }. Hãy chọn ngày sau đó: ngày đã có báo cáo thuộc về đơn vị đã báo cáo.
error-last-day-before-first = Ngày cuối đứng trước ngày đầu.
error-participant-limit = Một gian có tối đa { $max } đơn vị đi cùng.
error-participant-fields = Đơn vị đồng tham gia cần exhibitor và không cần gì khác; đơn vị được đại diện cần name và country (hai chữ hoa).
error-exhibitor-not-on-booth = Đơn vị này không ở gian hàng.
error-participant-exists = Đơn vị này đã có trên gian hàng.

## Allocation runs

error-time-limit-range = Thời hạn từ 1 đến 600 giây.
error-keep-apart-length = Tối đa 10.000 cặp.
error-keep-apart-self = Một đơn không thể tách khỏi chính nó.
error-pavilion-list-length = Tối đa 500 khu chung.
error-application-list-length = Tối đa 100.000 đơn.
error-weight-range = Mỗi trọng số từ 0 đến 1.000.
error-unknown-run-reference = Kỳ hội chợ không có đơn đã duyệt, khu vực hoặc địa phương này.
error-run-limit = Kỳ hội chợ đang có { $max } đợt xếp gian chạy. Hãy chờ hoặc dừng bớt.
error-own-runs-limit = Ban tổ chức hoặc tài khoản của bạn đang có quá nhiều đợt xếp gian chờ hoặc chạy. Hãy chờ hoặc dừng bớt.
error-all-runs-limit = Máy chủ đang có quá nhiều đợt xếp gian của mọi ban tổ chức. Hãy thử lại sau ít phút.
error-run-ended = Đợt xếp gian này đã kết thúc.
error-run-not-proposed = Đợt xếp gian đang ở trạng thái { $state }; chỉ áp dụng được đề xuất.
error-proposal-outdated = Mặt bằng hoặc đơn đã thay đổi sau khi lập đề xuất. Hãy chạy lại đợt xếp gian.

## Sales and visits

error-reports-closed = Chỉ nhận báo cáo khi hội chợ đang diễn ra hoặc đang tổng hợp.
error-day-not-held = Ngày này chưa đến, hoặc không diễn ra vì hội chợ kết thúc sớm.
error-report-exists = Gian hàng đã có báo cáo cho ngày này.
error-correction-reason-required = Sửa báo cáo cần nêu lý do.
error-amount-range = Số tiền từ 0 đến 10.000 tỷ.
error-ocop-amount-range = Doanh thu OCOP không được lớn hơn tổng.
error-amount-unusual = { $amount } ({ $words }) khác xa mức thường bán một ngày của gian ({ $usual }). Nếu đúng, hãy xác nhận; nếu sai, hãy xem lại các số không.
error-line-list-length = Tối đa { $max } dòng.
error-quantity-range = Số lượng từ 1 đến 10^12 phần nghìn.
error-lines-sum = Tổng các dòng khác tổng doanh thu.
error-ocop-lines-sum = Tổng các dòng OCOP khác doanh thu OCOP.
error-exhibitor-not-in-edition = Đơn vị này không tham gia kỳ hội chợ.
error-visit-batch-length = Mỗi lần từ 1 đến { $max } lượt đếm.
error-unknown-gate = Kỳ hội chợ không có cổng này.
error-count-range = Số đếm từ 0 đến { $max }; số âm phải kèm lý do.
error-device-count-below-zero = Máy này chưa đếm nhiều như vậy ở cổng này trong ngày. Số của máy khác do ban tổ chức sửa ở trang Lượt khách.
error-count-below-zero = Bớt như vậy thì số của cổng trong ngày thành số âm.
error-count-below-zero-of = Cổng này trong ngày chỉ có { $count }, không bớt được nhiều hơn.
error-correction-range = Mỗi lần sửa từ −{ $max } đến { $max }.
error-correction-empty = Hãy ghi số thêm hoặc bớt, khác 0.
error-day-total-range = Một cổng một ngày có nhiều nhất { $max }.
error-hour-range = Giờ từ 0 đến 23.

## Archives

error-archive-line = Không đọc được dòng { $line } của tệp lưu trữ: { $reason }
error-archive-not-edition = Đây không phải tệp lưu trữ của một kỳ hội chợ.
error-archive-unknown-exhibitor = Tệp lưu trữ nhắc tới đơn vị không có trong tệp.
error-archive-incomplete = Tệp lưu trữ không đầy đủ: thiếu phần cuối hoặc sai số bản ghi. Hãy tải lại tệp.
error-archive-counts = Lượt khách trong tệp lưu trữ không hợp lệ: có số quá lớn, số bớt nhiều hơn số đếm, hoặc của ngày chưa đến. Hãy tải lại tệp từ nơi xuất.
error-archive-allocations = Phân bổ gian trong tệp lưu trữ không hợp lệ: có gian của đơn chưa được duyệt, hoặc một gian có quá nhiều đơn vị. Hãy tải lại tệp từ nơi xuất.
error-archive-draft-application = Tệp lưu trữ có một đơn đăng ký chưa nộp; đơn nháp chỉ thuộc về đơn vị. Hãy xuất lại tệp bằng phiên bản mới.
error-archive-finalised-early = Kỳ hội chợ trong tệp đã chốt số liệu nhưng còn ngày mở cửa chưa qua. Hãy tải lại tệp từ nơi xuất.
error-archive-sales = Báo cáo doanh thu trong tệp lưu trữ mâu thuẫn nhau: bản mới nhất khác với báo cáo, các dòng không cộng thành tổng, hoặc của ngày hội chợ không mở cửa. Hãy tải lại tệp từ nơi xuất.

## What people type

error-number-invalid = Đây không phải là số. Hãy ghi bằng chữ số, ví dụ 1.250.000.
error-number-ambiguous = Có thể hiểu là { $first } hoặc { $second }. Hãy ghi rõ, ví dụ ghi đủ các chữ số.
error-number-unknown-unit = Không hiểu “{ $text }”. Hãy chỉ ghi số, kèm nghìn, triệu hoặc tỷ nếu cần.
error-number-other-currency = Số này ghi bằng đơn vị tiền khác. Hãy đổi sang tiền của kỳ hội chợ.
error-number-calculation = Đây là phép tính. Hãy ghi kết quả.
error-number-words-differ = Phần chữ ghi { $words }, phần số ghi { $figures }. Hãy sửa cho khớp.
error-number-not-whole = Số này lẻ hơn đơn vị nhỏ nhất. Hãy làm tròn.
error-number-unknown-title-unit = Không rõ đơn vị của số này: cột ghi một đơn vị không hiểu được, hoặc các cột ngày khác có đơn vị còn cột này không. Hãy chọn đơn vị của cột hoặc ghi đơn vị vào ô.
error-number-unit-mismatch = Số này đã ghi đủ các chữ số, không khớp với đơn vị nghìn, triệu hoặc tỷ. Hãy sửa số hoặc ghi rõ đơn vị.
error-number-too-large = Số này quá lớn.
error-cell-without-value = Ô này báo lỗi “{ $text }” trong bảng tính. Hãy sửa rồi gửi lại.
error-cell-formula = Ô này có công thức nhưng tệp không lưu kết quả. Hãy mở và lưu lại bằng Excel, hoặc dán giá trị.
error-date-invalid = Đây không phải là ngày. Hãy ghi, ví dụ, 28/11/2026.
error-date-no-such-day = Lịch không có ngày này.
error-date-year-missing = Ngày này thiếu năm và không phải một ngày mở cửa. Hãy ghi, ví dụ, 28/11/2026.
error-date-weekday-differs = { $day } không phải thứ đã ghi. Hãy sửa ngày hoặc thứ.
error-date-position-differs = { $day } không phải ngày thứ mấy đã ghi của hội chợ. Hãy sửa.
error-date-ambiguous = Có thể hiểu là { $first } hoặc { $second }. Hãy ghi rõ, ví dụ 28/11/2026.
error-hours-invalid = Đây không phải là giờ. Hãy ghi, ví dụ, 13:30 hoặc 8h-9h.
error-hours-order = Giờ kết thúc phải sau giờ bắt đầu.
error-yes-no-invalid = Không rõ là có hay không. Hãy ghi “có” hoặc “không”.
error-stars-unclear = Không rõ số sao. Hãy ghi từ 1 đến 5, ví dụ 4 hoặc 4 sao.
error-typed-values-count = Hãy gửi từ 1 đến { $max } giá trị.
error-form-instead-of-file = Hãy gửi chính tệp đó làm nội dung, với Content-Type của tệp, không gửi biểu mẫu chứa tệp.
