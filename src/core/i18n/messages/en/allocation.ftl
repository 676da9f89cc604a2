## Outcomes of a run

outcome-wish = It got its wish no. { $wish }.
outcome-other-place = A suitable place was found, but none of the wishes.
outcome-unchanged = It keeps the booths it has.
outcome-no-eligible-zone = No place: no zone admits this application.
outcome-no-adjacent-booths = No place: no { $size } adjacent booths are left in its zones (the largest block left has { $largest_left }).
outcome-no-suitable-booths = No place: its zones have no { $size } adjacent booths of the category with the required equipment.
outcome-kept-apart = No place: the free booths are next to an exhibitor that it must be kept apart from.

## Wishes that were not granted

wish-lost = Wish no. { $wish } ({ $place }): { $why }.
wish-lost-better-overall = { $who } (no. { $turn }) has it: more applications are served, or the wishes together weigh more
wish-lost-earlier-turn = { $who }, no. { $turn } in the order, came before
wish-lost-taken = { $by } had it before this run
wish-lost-kept-apart = a neighbour must be kept apart from it
wish-lost-not-eligible = the zone does not admit this application
wish-lost-not-open = the organiser has reserved it
wish-lost-unsuitable = too few adjacent booths of the category, or without the required equipment
wish-lost-overall = the result for the whole fair is better without it
wish-lost-zone-full = the zone has no suitable booths left

## Advice

advice-fewer-booths = With { $size } booths there would be space in { $zone }.
advice-other-zone = { $zone } has space, but does not admit this application.
advice-points = The last application to get such a place had { $last } points; this one has { $own }.

## Eligibility

obstacle-legal-form = legal form
obstacle-locality = locality
obstacle-product-group = product group

## Changes since a proposal was made

floor-application-changed = An application has been changed.
floor-application-not-approved = An application was withdrawn or is no longer approved.
floor-booth-changed-hands = Booth { $code } now belongs to another exhibitor.
floor-booth-freed = Booth { $code } has become free.
floor-booth-not-open = Booth { $code } was locked or reserved.
floor-booth-taken = Booth { $code } was given to another application.
floor-booth-by-hand = Booth { $code } was placed by hand after the proposal was made.
