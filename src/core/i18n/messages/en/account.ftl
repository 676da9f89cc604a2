login-title = Log in
login-go = Log in
login-register = No account yet? Sign up
login-forgot = Forgot password?
field-email = E-mail
field-email-hint = We send an e-mail to this address to verify it.
field-password = Password
field-password-hint = At least 10 characters. A long sentence you remember is best.
field-password-new = New password
field-password-current = Current password
field-name = Full name
field-token = Code from the e-mail
field-token-hint = Filled in when you follow the link in the e-mail.
register-title = Sign up
register-intro = One account for every edition.
register-go = Sign up
register-login = Have an account? Log in
check-mail-title = Check your e-mail
check-mail-text = We have just sent an e-mail. Follow its link to verify your address. If it does not arrive, check your spam folder.
check-mail-missing = No e-mail?
check-mail-send = Send it again
verify-title = Verify your e-mail
verify-text = Enter the password you chose when you signed up, to confirm that it is you.
verify-go = Verify
forgot-title = Forgot password
forgot-text = Enter your e-mail. If there is an account, we send a link to choose a new password.
forgot-go = Send the link
reset-title = Choose a new password
reset-go = Set the password
invitation-title = Invitation
invitation-text = You are invited to work for an organiser or an organisation.
invitation-go = Accept
invitation-login-first = Please log in with the address that got the invitation, or sign up with it.
account-profile = Profile
account-language = Language of e-mails
account-password = Change the password
account-password-hint = Every device has to log in again afterwards.
account-password-go = Change the password
home-title = Welcome, { $name }
home-organiser = Organiser
home-no-editions = There is no edition yet. Create the first one.
home-organisations = Your organisations
home-sell = Do you sell at fairs?
home-sell-text = Register your co-operative, group, enterprise or household business, then apply for booths.
home-organise = Do you run fairs?
home-organise-text = Create an organiser to plan editions, draw the floor and allocate booths.
organiser-new = Create an organiser
organiser-name = Name of the organiser
organiser-create = Create
organisation-new = Add an organisation
edition-new = Create an edition
done-mail-sent = If this address has an account, an e-mail is being sent.
done-verified = Your e-mail address is verified. Please log in now.
done-password = The password has been changed. Please log in again.
done-joined = You have joined.
account-data = Your data
account-data-text = You can download everything we store about you.
account-data-download = Download my data
account-erase = Erase the account
account-erase-hint = Your name, address, invitations and contacts are erased permanently. Figures that you reported stay, without your name.
account-erase-ask = Erase this account permanently?
account-erase-go = Erase permanently
done-erased = Your account has been erased.
privacy-title = Privacy
privacy-notice = Notice { $notice } on personal data. Whoever runs this server is responsible.
privacy-what = What we store
privacy-what-account = Accounts: name, e-mail, language, roles, the network addresses you logged in from.
privacy-what-contacts = Contact persons that an organisation enters: name, phone, e-mail. Its members and the organisers it is linked with see them. Contact persons that an organiser notes for its exhibitors: only its own staff sees them.
privacy-what-actions = A log: who changed what, when.
privacy-why = Purpose
privacy-why-text = So that you can log in, apply for booths and report sales, and organisers can reach you. We sell no data and use none for advertising.
privacy-how-long = How long we store it
privacy-how-long-account = Accounts: until you erase them.
privacy-contacts-days =
    { $count ->
        [one] Contacts: one day after the last fair.
       *[other] Contacts: { $n } days after the last fair.
    }
privacy-contacts-unlimited = Contacts: until they are erased.
privacy-actions-days =
    { $count ->
        [one] The log: one day.
       *[other] The log: { $n } days.
    }
privacy-actions-unlimited = The log: permanently, without the data of people who erased their account.
privacy-rights = Your rights
privacy-rights-text = You can see, correct, download and erase your data on your account page, or ask whoever runs this server. You withdraw your consent by erasing the account; the record that you had given it is kept as proof.
register-agree = I have read and agree:
