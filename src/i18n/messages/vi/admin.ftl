admin-organisers = Ban tổ chức
admin-users = Người dùng
admin-search = Địa chỉ bắt đầu bằng
admin-is-admin = Quản trị
admin-unverified = Chưa xác minh
