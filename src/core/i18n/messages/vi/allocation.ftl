## Outcomes of a run

outcome-wish = Được nguyện vọng { $wish }.
outcome-other-place = Được gian hàng phù hợp, ngoài các nguyện vọng.
outcome-unchanged = Giữ nguyên gian đang có.
outcome-no-eligible-zone = Chưa có gian: không khu vực nào dành cho đơn này.
outcome-no-adjacent-booths = Chưa có gian: không còn { $size } gian liền kề trong khu vực của đơn (nhiều nhất còn { $largest_left }).
outcome-no-suitable-booths = Chưa có gian: các khu vực của đơn không có { $size } gian liền kề đúng loại và đủ điều kiện.
outcome-kept-apart = Chưa có gian: chỗ còn trống nằm cạnh đơn vị phải tách xa.

## Wishes that were not granted

wish-lost = Nguyện vọng { $wish } ({ $place }): { $why }.
wish-lost-better-overall = { $who } (thứ { $turn }) nhận để nhiều đơn có gian hơn hoặc tổng nguyện vọng cao hơn
wish-lost-earlier-turn = { $who }, đứng thứ { $turn }, được trước
wish-lost-taken = { $by } đã có trước đợt này
wish-lost-kept-apart = bên cạnh là đơn vị phải tách xa
wish-lost-not-eligible = khu vực không dành cho đơn này
wish-lost-not-open = ban tổ chức giữ lại
wish-lost-unsuitable = không đủ gian liền kề đúng loại hoặc thiếu điện, nước, góc
wish-lost-overall = cách xếp này tốt hơn cho cả hội chợ
wish-lost-zone-full = khu vực đã hết gian phù hợp

## Advice

advice-fewer-booths = Nếu nhận { $size } gian: còn chỗ ở { $zone }.
advice-other-zone = { $zone } còn chỗ, nhưng không dành cho đơn này.
advice-points = Đơn cuối cùng có chỗ như vậy được { $last } điểm; đơn này { $own } điểm.

## Eligibility

obstacle-legal-form = loại hình
obstacle-locality = địa phương
obstacle-product-group = nhóm sản phẩm

## Changes since a proposal was made

floor-application-changed = Một đơn đã được sửa.
floor-application-not-approved = Một đơn đã rút hoặc không còn được duyệt.
floor-booth-changed-hands = Gian { $code } đã chuyển sang đơn vị khác.
floor-booth-freed = Gian { $code } đã được trả.
floor-booth-not-open = Gian { $code } đã bị khóa hoặc giữ lại.
floor-booth-taken = Gian { $code } đã được giao cho đơn khác.
floor-booth-by-hand = Gian { $code } đã được người xếp bằng tay sau khi lập đề xuất.
