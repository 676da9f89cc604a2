admin-organisers = Organisers
admin-users = Users
admin-search = Address begins with
admin-is-admin = Admin
admin-unverified = Not verified
