## Every e-mail

email-greeting = Xin chào { $name },
email-footer = Đây là thư tự động.

## Accounts

email-verify-subject = Xác minh địa chỉ e-mail
email-verify-text = Hãy xác minh rằng đây là e-mail của bạn. Đường dẫn có hiệu lực { $hours } giờ và dùng một lần. Nếu bạn không đăng ký, hãy bỏ qua thư này.
email-verify-action = Xác minh
email-account-exists-subject = Bạn đã có tài khoản
email-account-exists-text = Có người vừa đăng ký bằng e-mail này, nhưng e-mail này đã có tài khoản. Nếu đó là bạn, hãy đăng nhập, hoặc đặt lại mật khẩu nếu quên.
email-account-exists-action = Đăng nhập
email-reset-subject = Đặt lại mật khẩu
email-reset-text = Bạn có thể chọn mật khẩu mới bằng đường dẫn dưới đây, trong 1 giờ và một lần. Nếu bạn không yêu cầu, hãy bỏ qua thư này: mật khẩu cũ vẫn dùng được.
email-reset-action = Chọn mật khẩu mới
email-second-factor-subject = Về bước thứ hai khi bạn đăng nhập
email-second-factor-enabled = Tài khoản của bạn đã bật bước thứ hai: từ nay mỗi lần đăng nhập hỏi thêm mã trong ứng dụng xác thực. Các thiết bị khác đã bị đăng xuất. Nếu không phải bạn làm, hãy liên hệ đơn vị vận hành máy chủ.
email-second-factor-disabled = Bước thứ hai khi đăng nhập của tài khoản bạn đã bị tắt. Nếu không phải bạn làm, hãy đổi mật khẩu và liên hệ đơn vị vận hành máy chủ.
email-second-factor-removed = Đơn vị vận hành máy chủ đã tắt bước thứ hai của tài khoản bạn, xoá các khoá truy cập và đăng xuất mọi thiết bị. Nếu bạn không yêu cầu, hãy liên hệ với họ và bật lại bước thứ hai.
email-second-factor-renewed = Tài khoản của bạn có mã khôi phục mới; các mã cũ không dùng được nữa. Nếu không phải bạn làm, hãy đổi mật khẩu và liên hệ đơn vị vận hành máy chủ.
email-second-factor-recovery = Một mã khôi phục của tài khoản bạn vừa được dùng và không dùng lại được. Nếu không phải bạn, hãy đổi mật khẩu và tạo mã khôi phục mới.
email-second-factor-guessed = Có người đã nhập đúng mật khẩu của bạn rồi nhập sai mã nhiều lần. Nếu không phải bạn, hãy đổi mật khẩu ngay.
email-second-factor-action = Xem bước thứ hai
email-sso-subject = Về việc đăng nhập vào tài khoản của bạn
email-sso-linked = Tài khoản của bạn vừa được liên kết với một tài khoản ở { $provider }; từ nay tài khoản đó mở được tài khoản này. Nếu không phải bạn làm, hãy bỏ liên kết ở trang tài khoản, đổi mật khẩu và liên hệ đơn vị vận hành máy chủ.
email-sso-unlinked = Tài khoản của bạn không còn liên kết với { $provider }: hãy đăng nhập bằng e-mail và mật khẩu. Nếu không phải bạn làm, hãy đổi mật khẩu và liên hệ đơn vị vận hành máy chủ.
email-sso-action = Xem tài khoản của tôi
email-passkey-subject = Về khoá truy cập của tài khoản bạn
email-passkey-added = Tài khoản của bạn vừa có thêm một khoá truy cập: khoá này mở tài khoản không cần mật khẩu và mã. Nếu không phải bạn làm, hãy xoá khoá và đổi mật khẩu ngay.
email-passkey-removed = Một khoá truy cập vừa bị xoá khỏi tài khoản của bạn và không đăng nhập được nữa. Nếu không phải bạn làm, hãy đổi mật khẩu và liên hệ đơn vị vận hành máy chủ.
email-passkey-copied = Một lần đăng nhập bằng khoá truy cập vào tài khoản của bạn đã bị từ chối: bộ đếm cho thấy có thể khoá đã bị sao chép. Hãy xoá khoá truy cập đó và thêm khoá mới.
email-passkey-action = Xem khoá truy cập
email-invitation-subject = Bạn nhận được một lời mời tham gia
email-invitation-text = { $inviter } mời bạn làm việc cùng { $name }. Hãy đăng nhập bằng đúng e-mail này rồi nhận lời. Lời mời có hiệu lực { $days } ngày.
email-invitation-action = Nhận lời
email-link-invitation-subject = Một ban tổ chức mời bạn liên kết hồ sơ
email-link-invitation-text = { $organiser } có hồ sơ “{ $name }” và mời bạn liên kết với đơn vị của mình. Hãy đăng nhập bằng địa chỉ này: bạn sẽ thấy liên kết mở những gì, chọn đơn vị và xác nhận, hoặc không làm gì cả. Lời mời có hiệu lực { $days } ngày.
email-link-invitation-action = Xem lời mời

## Applications and booths

email-application-subject = Đơn đăng ký { $decided }
email-application-text = Đơn đăng ký của bạn tại { $edition } { $decided }.
email-application-approved = đã được duyệt
email-application-waitlisted = đang trong danh sách chờ
email-application-rejected = không được duyệt
email-application-reason = Lý do: { $reason }
email-offer-subject = Có gian hàng chờ bạn nhận
email-offer-text = Ban tổ chức { $edition } mời bạn nhận gian hàng { $booth }. Hãy trả lời trước { $until }.
email-offer-action = Trả lời

## Sales reports

email-missing-reports-subject = Còn thiếu báo cáo doanh thu
email-missing-reports-text = { $edition } chưa nhận được báo cáo doanh thu của bạn cho các gian và ngày sau. Nếu không bán được gì, hãy báo cáo bằng không.
email-missing-reports-line = Gian { $booth }, ngày { $day }
email-missing-reports-action = Báo cáo

## Webhooks

email-webhook-disabled-subject = Đã ngừng gửi tin tới “{ $webhook }”
email-webhook-disabled-text = Địa chỉ { $url } của “{ $webhook }” không nhận tin nào trong nhiều ngày nên hệ thống ngừng gửi. Khi địa chỉ hoạt động lại, hãy bật lên và yêu cầu gửi lại phần còn thiếu.
email-webhook-disabled-action = Mở danh sách địa chỉ
