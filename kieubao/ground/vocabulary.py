"""Coded tables with their labels in Vietnamese and English: lists, not interface text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kieubao.ground.errors import Invalid, _


@dataclass(frozen=True)
class Vocabulary:
    """A closed list: each code and its labels in Vietnamese and in English."""

    labels: Mapping[str, tuple[str, str]]

    def __contains__(self, code: object) -> bool:
        return code in self.labels

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.labels)

    def label(self, code: str, language: str = "vi") -> str:
        """Return the label in "vi" or "en"; raise Invalid naming the codes there are."""
        if code not in self.labels:
            known = ", ".join(self.labels)
            raise Invalid(_("%(code)s is not in this list; give one of %(known)s"), code=code, known=known)
        return self.labels[code][("vi", "en").index(language)]


OCCUPATION_GROUP: Final = Vocabulary(
    {
        "0": ("Lực lượng vũ trang", "Armed forces occupations"),
        "1": ("Nhà lãnh đạo trong các ngành, các cấp và các đơn vị", "Managers"),
        "2": ("Nhà chuyên môn bậc cao", "Professionals"),
        "3": ("Nhà chuyên môn bậc trung", "Technicians and associate professionals"),
        "4": ("Nhân viên trợ lý văn phòng", "Clerical support workers"),
        "5": ("Nhân viên dịch vụ và bán hàng", "Service and sales workers"),
        "6": (
            "Lao động có kỹ năng trong nông nghiệp, lâm nghiệp và thủy sản",
            "Skilled agricultural, forestry and fishery workers",
        ),
        "7": (
            "Lao động thủ công và các nghề nghiệp có liên quan khác",
            "Craft and related trades workers",
        ),
        "8": ("Thợ lắp ráp và vận hành máy móc, thiết bị", "Plant and machine operators, and assemblers"),
        "9": ("Lao động giản đơn", "Elementary occupations"),
    }
)
"""The major groups of Quyết định 34/2020/QĐ-TTg, in English those of ISCO-08."""

SECTOR_VERSION: Final = "VSIC2025"
SECTOR: Final = Vocabulary(
    {
        "A": ("Nông nghiệp, lâm nghiệp và thủy sản", "Agriculture, forestry and fishing"),
        "B": ("Khai khoáng", "Mining and quarrying"),
        "C": ("Công nghiệp chế biến, chế tạo", "Manufacturing"),
        "D": (
            "Sản xuất và phân phối điện, khí đốt, nước nóng, hơi nước và điều hòa không khí",
            "Electricity, gas, steam and air conditioning supply",
        ),
        "E": (
            "Cung cấp nước; hoạt động quản lý và xử lý rác thải, nước thải",
            "Water supply; sewerage, waste management and remediation activities",
        ),
        "F": ("Xây dựng", "Construction"),
        "G": ("Bán buôn và bán lẻ", "Wholesale and retail trade"),
        "H": ("Vận tải, kho bãi", "Transportation and storage"),
        "I": ("Dịch vụ lưu trú và ăn uống", "Accommodation and food service activities"),
        "J": (
            "Hoạt động xuất bản, phát sóng, sản xuất và phân phối nội dung",
            "Publishing, broadcasting, and content production and distribution activities",
        ),
        "K": (
            ("Hoạt động viễn thông; lập trình máy tính, tư vấn, cơ sở hạ tầng máy tính và các dịch vụ thông tin khác"),
            (
                "Telecommunications, computer programming, consultancy, computing infrastructure, and other "
                "information service activities"
            ),
        ),
        "L": ("Hoạt động tài chính, ngân hàng và bảo hiểm", "Financial and insurance activities"),
        "M": ("Hoạt động kinh doanh bất động sản", "Real estate activities"),
        "N": (
            "Hoạt động chuyên môn, khoa học và công nghệ",
            "Professional, scientific and technical activities",
        ),
        "O": (
            "Hoạt động hành chính và dịch vụ hỗ trợ",
            "Administrative and support service activities",
        ),
        "P": (
            (
                "Hoạt động của Đảng Cộng sản, tổ chức chính trị - xã hội, quản lý nhà nước, "
                "an ninh quốc phòng; bảo đảm xã hội bắt buộc"
            ),
            "Public administration and defence; compulsory social security",
        ),
        "Q": ("Giáo dục và đào tạo", "Education"),
        "R": ("Y tế và hoạt động trợ giúp xã hội", "Human health and social work activities"),
        "S": ("Nghệ thuật, thể thao và giải trí", "Arts, sports and recreation"),
        "T": ("Hoạt động dịch vụ khác", "Other service activities"),
        "U": (
            (
                "Hoạt động làm thuê các công việc trong các hộ gia đình, sản xuất sản phẩm vật chất "
                "và dịch vụ tự tiêu dùng của hộ gia đình"
            ),
            (
                "Activities of households as employers; undifferentiated goods- and services-producing "
                "activities of households for own use"
            ),
        ),
        "V": (
            "Hoạt động của các tổ chức và cơ quan quốc tế",
            "Activities of extraterritorial organizations and bodies",
        ),
    }
)
"""The sections of VSIC 2025, Quyết định 36/2025/QĐ-TTg (from 15/11/2025), in English those of ISIC Rev. 5."""

EDUCATION: Final = Vocabulary(
    {
        "secondary": ("THPT trở xuống", "Upper secondary or less"),
        "vocational": ("Trung cấp", "Vocational secondary"),
        "college": ("Cao đẳng", "College"),
        "bachelor": ("Đại học", "Bachelor"),
        "master": ("Thạc sĩ", "Master"),
        "doctor": ("Tiến sĩ", "Doctorate"),
    }
)
"""The levels home forms use (no list in law is cited)."""

STATUS_ABROAD: Final = Vocabulary(
    {
        "settled": ("Định cư", "Settled"),
        "worker": ("Lao động", "Working"),
        "student": ("Du học", "Studying"),
        "business": ("Kinh doanh, công tác", "In business or on duty"),
        "other": ("Khác", "Other"),
        "unknown": ("Chưa rõ", "Not known"),
    }
)
"""Why a person is abroad now. Neither the manner nor the year of leaving is asked."""

CITIZENSHIP: Final = Vocabulary(
    {
        "vn": ("Quốc tịch Việt Nam", "Vietnamese citizen"),
        "vn_foreign": ("Quốc tịch Việt Nam và nước ngoài", "Vietnamese and foreign citizen"),
        "vn_origin": ("Người gốc Việt Nam, quốc tịch nước ngoài", "Foreign citizen of Vietnamese origin"),
    }
)

GENERATION: Final = Vocabulary(
    {
        "1": ("Thế hệ 1", "First generation"),
        "1.5": ("Thế hệ 1,5", "Generation 1.5"),
        "2": ("Thế hệ 2", "Second generation"),
        "3+": ("Thế hệ 3 trở đi", "Third generation or later"),
    }
)

INTEREST: Final = Vocabulary(
    {
        "investment": ("Đầu tư", "Investment"),
        "trade": ("Thương mại, xuất nhập khẩu", "Trade"),
        "knowledge": ("Chuyên môn, tri thức", "Expertise"),
        "science_technology": ("Khoa học, công nghệ", "Science and technology"),
        "training": ("Giáo dục, đào tạo", "Education and training"),
        "charity": ("Từ thiện, an sinh", "Charity"),
        "culture": ("Văn hóa, tiếng Việt", "Culture and language"),
        "tourism": ("Du lịch", "Tourism"),
        "connection": ("Kết nối, làm cầu nối", "Making connections"),
    }
)
"""Ways a person offers to contribute, after the tasks of the plans. None tells of opinions."""

GENDER: Final = Vocabulary({"male": ("Nam", "Male"), "female": ("Nữ", "Female"), "other": ("Khác", "Other")})

FORM_OF_ADDRESS: Final = Vocabulary(
    {
        "ong": ("Ông", "Mr"),
        "ba": ("Bà", "Ms"),
        "anh": ("Anh", "Mr"),
        "chi": ("Chị", "Ms"),
        "cu": ("Cụ", "Mr/Ms"),
        "chau": ("Cháu", "Young Mr/Ms"),
    }
)
"""How a letter addresses a person; ADDRESS_UNKNOWN where nobody has said."""
ADDRESS_UNKNOWN: Final = ("Ông/Bà", "Mr/Ms")

LIKENESS: Final = Vocabulary(
    {
        "same_name": ("trùng tên", "same name"),
        "same_unmarked_name": ("trùng tên khi bỏ dấu", "same name but for its marks"),
        "same_words": ("trùng tên, khác thứ tự", "same name in another order"),
        "fewer_words": ("một tên thiếu chữ của tên kia", "one name lacks words of the other"),
        "other_name_shared": ("trùng tên gọi khác", "same under another name"),
        "near_name": ("tên gần giống", "names nearly alike"),
        "other_name": ("khác tên", "different names"),
        "same_birth": ("cùng ngày sinh", "same birth"),
        "same_birth_year": ("cùng năm sinh", "same year of birth"),
        "turned_birth": ("ngày và tháng sinh đảo nhau", "day and month of birth turned round"),
        "other_birth_day": ("khác ngày sinh", "another day of birth"),
        "other_birth_year": ("khác năm sinh", "another year of birth"),
        "same_number": ("cùng số điện thoại", "same telephone number"),
        "other_number": ("khác số điện thoại", "other telephone numbers"),
        "same_email": ("cùng thư điện tử", "same e-mail address"),
        "other_email": ("khác thư điện tử", "other e-mail addresses"),
        "same_commune": ("cùng quê", "same commune of origin"),
        "other_commune": ("khác quê", "another commune of origin"),
        "same_country": ("cùng nước", "same country"),
        "other_country": ("khác nước", "another country"),
        "same_place": ("cùng thành phố", "same city"),
        "other_place": ("khác thành phố", "another city"),
        "same_kin": ("có chung thân nhân", "a relative in common"),
        "same_gender": ("cùng giới tính", "same gender"),
        "other_gender": ("khác giới tính", "another gender"),
    }
)
"""What two records share or differ in: the reasons of `resemblance`."""

PAIR_STATE: Final = Vocabulary(
    {
        "open": ("Chưa xem", "Not looked at"),
        "unsure": ("Chưa chắc", "Nobody can tell"),
        "proposed": ("Đề nghị gộp", "To be merged"),
        "different": ("Hai người khác nhau", "Two people"),
        "merged": ("Đã gộp", "Merged"),
    }
)
"""How far two records that may be one person's are from being settled."""

ANSWER: Final = Vocabulary(
    {
        "unreached": ("Không liên hệ được", "Not reached"),
        "reached": ("Đã liên hệ, chưa trả lời", "Reached, no answer yet"),
        "accepted": ("Nhận lời", "Accepted"),
        "declined": ("Từ chối", "Declined"),
        "no_more": ("Không muốn được liên hệ nữa", "Wants no more contact"),
    }
)
"""What became of asking somebody to an occasion."""

OBSTACLE: Final = Vocabulary(
    {
        "no_answer": ("Không trả lời", "No answer"),
        "wrong": ("Số hoặc địa chỉ sai", "Wrong number or address"),
        "returned": ("Thư bị trả lại", "Came back"),
        "moved": ("Đã chuyển đi", "Moved away"),
        "died": ("Đã mất", "Has died"),
    }
)
"""Why somebody was not reached."""

PRESENCE: Final = Vocabulary({"attended": ("Đã đến", "Came"), "absent": ("Không đến", "Did not come")})

SPEAKER: Final = Vocabulary(
    {
        "self": ("Người đó", "The person"),
        "relative": ("Thân nhân", "A relative"),
        "officer": ("Cán bộ xã", "A commune officer"),
        "host": ("Ban tổ chức", "The organiser"),
    }
)
"""Who said what somebody answered, or saw that they came."""
