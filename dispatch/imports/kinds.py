"""The tables that can be imported: orders, technicians, shifts."""

from __future__ import annotations

from typing import Final

from dispatch.imports.cells import choice, choices, flag, levels, minutes, moment, names, number, text, whole_number
from dispatch.imports.tables import Column, Table

_KIND: Final = choice(
    {
        "install": "install",
        "装机": "install",
        "裝機": "install",
        "安装": "install",
        "move": "move",
        "移机": "move",
        "移機": "move",
        "repair": "repair",
        "修障": "repair",
        "报修": "repair",
        "维修": "repair",
        "speed_remedy": "speed_remedy",
        "网络优化": "speed_remedy",
        "follow_up": "follow_up",
        "回访": "follow_up",
    }
)
_TIER: Final = choice(
    {
        "standard": "standard",
        "标准": "standard",
        "普通": "standard",
        "fast24": "fast24",
        "快装": "fast24",
        "24小时": "fast24",
        "premium": "premium",
        "精品": "premium",
    }
)
_PROFILE: Final = choice(
    {"ebike": "ebike", "电动车": "ebike", "car": "car", "汽车": "car", "walk": "walk", "步行": "walk"}
)
_DATUM: Final = choice({"wgs84": "wgs84", "gcj02": "gcj02", "火星坐标": "gcj02", "bd09": "bd09", "百度坐标": "bd09"})

_LANGUAGE: Final = choice({"zh": "zh", "中文": "zh", "en": "en", "英文": "en", "english": "en"})
_CHANNELS: Final = choices(
    {"sms": "sms", "短信": "sms", "wechat": "wechat", "微信": "wechat", "email": "email", "邮件": "email"}
)

ORDERS: Final = Table(
    name="orders",
    columns=(
        Column(field="order.id", headings=("order", "工单号", "订单号"), read=text, example="o-1", is_required=True),
        Column(
            field="order.kind",
            headings=("kind", "类型", "工单类型"),
            read=_KIND,
            example="install",
            is_required=True,
        ),
        Column(field="order.community", headings=("community", "小区"), read=text, example="c-1", is_required=True),
        Column(
            field="order.accepted_at",
            headings=("accepted at", "受理时间"),
            read=moment,
            example="2026-03-09 10:00",
            is_required=True,
        ),
        Column(
            field="order.duration",
            headings=(
                "minutes",
                "时长",
                "预计分钟",
            ),
            read=minutes,
            example="75",
            is_required=True,
        ),
        Column(field="order.tier", headings=("tier", "等级", "服务等级"), read=_TIER, example="standard"),
        Column(field="order.priority", headings=("priority", "优先级"), read=whole_number, example="0"),
        Column(field="order.skills", headings=("skills", "技能"), read=levels, example="fiber:1"),
        Column(field="order.parts", headings=("parts", "物料"), read=levels, example="ont:1"),
        Column(field="order.tools", headings=("tools", "工具"), read=names, example="ladder"),
        Column(field="order.location.lat", headings=("lat", "纬度"), read=number, example="34.26"),
        Column(field="order.location.lon", headings=("lon", "经度"), read=number, example="117.18"),
        Column(field="order.location.datum", headings=("datum", "坐标系"), read=_DATUM, example="wgs84"),
        Column(
            field="order.earliest_start",
            headings=(
                "earliest start",
                "最早开始",
            ),
            read=moment,
            example="2026-03-10 08:30",
        ),
        Column(field="order.resource_ready", headings=("resource ready", "资源就绪"), read=flag, example="yes"),
        Column(field="customer", headings=("customer", "客户编号"), read=text, example=""),
        Column(
            field="details.reference",
            headings=("customer number", "客户号"),
            read=text,
            example="K-1001",
            is_personal=True,
        ),
        Column(
            field="details.name", headings=("customer name", "客户姓名"), read=text, example="Li Lei", is_personal=True
        ),
        Column(
            field="details.phone",
            headings=("phone", "联系电话", "客户电话"),
            read=text,
            example="13800000000",
            is_personal=True,
        ),
        Column(
            field="details.email", headings=("email", "邮箱"), read=text, example="li@example.org", is_personal=True
        ),
        Column(field="details.wechat", headings=("wechat", "微信号"), read=text, example="", is_personal=True),
        Column(
            field="details.address",
            headings=("address", "地址", "街道地址"),
            read=text,
            example="8 Cuiping Road",
            is_personal=True,
        ),
        Column(field="details.unit", headings=("unit", "门牌", "房号"), read=text, example="3-502", is_personal=True),
        Column(field="wishes.language", headings=("language", "语言"), read=_LANGUAGE, example="zh"),
        Column(
            field="wishes.channels", headings=("message channels", "通知方式"), read=_CHANNELS, example="wechat; sms"
        ),
        Column(field="channel", headings=("channel", "渠道"), read=text, example="counter"),
    ),
)
COMMUNITIES: Final = Table(
    name="communities",
    columns=(
        Column(
            field="community.id", headings=("community", "小区编号", "小区"), read=text, example="c-1", is_required=True
        ),
        Column(field="community.name", headings=("name", "小区名称", "名称"), read=text, example="Garden Court"),
        Column(
            field="community.location.lat", headings=("lat", "纬度"), read=number, example="34.26", is_required=True
        ),
        Column(
            field="community.location.lon", headings=("lon", "经度"), read=number, example="117.18", is_required=True
        ),
        Column(field="community.location.datum", headings=("datum", "坐标系"), read=_DATUM, example="wgs84"),
        Column(field="community.territory", headings=("territory", "片区"), read=text, example="north"),
        Column(field="community.tier", headings=("tier", "等级", "服务等级"), read=_TIER, example="premium"),
        Column(field="community.urban", headings=("urban", "城区"), read=flag, example="yes"),
        Column(field="community.served", headings=("served", "已覆盖"), read=flag, example="yes"),
        Column(field="households", headings=("households", "户数"), read=whole_number, example="800"),
    ),
)
TECHNICIANS: Final = Table(
    name="technicians",
    columns=(
        Column(
            field="technician.id",
            headings=(
                "technician",
                "工号",
                "师傅工号",
            ),
            read=text,
            example="t-1",
            is_required=True,
        ),
        Column(field="name", headings=("name", "姓名"), read=text, example="Li Lei", is_required=True),
        Column(field="badge", headings=("badge", "工牌号"), read=text, example="XZ-0017"),
        Column(field="relay_phone", headings=("relay phone", "中继号码"), read=text, example="400 555 0101"),
        Column(field="technician.skills", headings=("skills", "技能"), read=levels, example="fiber:2; wiring:1"),
        Column(field="technician.profile", headings=("profile", "交通方式"), read=_PROFILE, example="ebike"),
        Column(field="technician.home.lat", headings=("lat", "纬度"), read=number, example="34.25", is_required=True),
        Column(field="technician.home.lon", headings=("lon", "经度"), read=number, example="117.2", is_required=True),
        Column(field="technician.home.datum", headings=("datum", "坐标系"), read=_DATUM, example="wgs84"),
        Column(field="technician.territories", headings=("territories", "片区"), read=names, example="north"),
        Column(field="technician.tools", headings=("tools", "工具"), read=names, example="ladder"),
        Column(field="technician.stock", headings=("stock", "随车物料"), read=levels, example="ont:5"),
    ),
)
SHIFTS: Final = Table(
    name="shifts",
    columns=(
        Column(field="shift.id", headings=("shift", "班次", "班次号"), read=text, example="s-1", is_required=True),
        Column(
            field="technician", headings=("technician", "工号", "师傅工号"), read=text, example="t-1", is_required=True
        ),
        Column(
            field="shift.start",
            headings=("start", "上班", "开始时间"),
            read=moment,
            example="2026-03-10 08:30",
            is_required=True,
        ),
        Column(
            field="shift.end",
            headings=("end", "下班", "结束时间"),
            read=moment,
            example="2026-03-10 18:00",
            is_required=True,
        ),
        Column(
            field="shift.overtime_until", headings=("overtime until", "加班至"), read=moment, example="2026-03-10 20:00"
        ),
        Column(field="shift.max_visits", headings=("most visits", "最多单数"), read=whole_number, example="10"),
    ),
)
TABLES: Final = {table.name: table for table in (ORDERS, COMMUNITIES, TECHNICIANS, SHIFTS)}
"""By name, as in `/v1/imports/orders`."""
