"""What the seeded shop sells: designs, each made in several colours, and what people say about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import slugify

from .artwork import PALETTES, Palette
from .models import Category

CLOTHES = ("XS", "S", "M", "L", "XL")
SHOES = ("37", "38", "39", "40", "41", "42", "43")
ONE_SIZE = ("One size",)
COLOURS_PER_SCALE = 2


@dataclass(frozen=True, slots=True)
class Design:
    """Something a brand makes, before it has a colour."""

    brand: str
    name: str
    category: Category
    shape: str
    pattern: str
    price: str
    description: str

    @property
    def sizes(self) -> tuple[str, ...]:
        """The sizes it comes in."""
        if self.category == Category.SHOES:
            return SHOES
        return ONE_SIZE if self.category == Category.ACCESSORIES else CLOTHES


@dataclass(frozen=True, slots=True)
class Article:
    """A design in a colour: what becomes a product."""

    number: int
    design: Design
    palette: Palette
    edition: int

    @property
    def name(self) -> str:
        """What the page calls it."""
        suffix = f" No. {self.edition}" if self.edition > 1 else ""
        return f"{self.design.name}{suffix}, {self.palette.name.lower()}"

    @property
    def slug(self) -> str:
        """The key under which seeding finds it again."""
        return slugify(f"{self.design.brand} {self.name}")

    @property
    def price(self) -> Decimal:
        """The price in the shop's one currency."""
        return Decimal(self.design.price)

    @property
    def art_name(self) -> str:
        """The name of its picture, shared by editions that look the same."""
        return f"{self.design.shape}-{self.design.pattern}-{self.palette.name.lower()}"


_K, _T, _O, _B = Category.KNITWEAR, Category.TOPS, Category.OUTERWEAR, Category.BOTTOMS
_D, _S, _A = Category.DRESSES, Category.SHOES, Category.ACCESSORIES

DESIGNS = (
    Design("Nordlune", "Harbour Jumper", _K, "jumper", "plain", "119.00",
           "A dense fisherman's knit in lambswool that keeps the wind out and its shape in. Ribbed twice at "
           "cuff and hem, because that is where jumpers die."),
    Design("Atelier Brume", "Rain Check Coat", _O, "coat", "plain", "289.00",
           "Double-breasted, cut long, woven tightly enough to shrug off a shower. Half lined, so that it "
           "still folds into a bag."),
    Design("Field & Ferry", "Deckhand Tee", _T, "tee", "stripes", "39.00",
           "Heavy organic cotton, washed once so that it will not shrink on you later. The stripes meet at "
           "the side seam; we checked."),
    Design("Kaito Works", "Workshop Jacket", _O, "jacket", "plain", "149.50",
           "A chore jacket of 12 oz canvas with pockets where hands go. It starts stiff and ends yours."),
    Design("Solana", "Siesta Dress", _D, "dress", "plain", "98.00",
           "Airy viscose twill with a wide waistband and a skirt that moves. Machine washable, dries on a "
           "balcony in an hour."),
    Design("Otterbank", "Mile Six Sneaker", _S, "sneaker", "plain", "110.00",
           "Full-grain leather, a cork footbed and a sole that is stitched, so that it can be replaced."),
    Design("Little Quarry", "Market Tote", _A, "tote", "stripes", "54.00",
           "Carries a laptop, a lunch and a leek. Waxed cotton with leather handles long enough for a "
           "winter coat."),
    Design("Nordlune", "Fairground Jumper", _K, "jumper", "fairisle", "139.00",
           "Five colours of Shetland wool, knitted in the round, with a yoke that took a winter to draw."),
    Design("Atelier Brume", "Paper Shirt", _T, "shirt", "plain", "79.00",
           "Crisp poplin with a collar that needs no iron and buttons of real shell."),
    Design("Field & Ferry", "Towpath Trousers", _B, "trousers", "plain", "89.00",
           "Mid rise, straight leg, a little stretch and two pleats that somebody thought about."),
    Design("Kaito Works", "Ridge Boot", _S, "boot", "plain", "219.00",
           "A storm-welted boot on a lugged sole. Wear them in for a week, then for ten years."),
    Design("Solana", "Promenade Skirt", _B, "skirt", "plain", "74.50",
           "Five panels of washed linen, pockets in the seams, a hem that swings."),
    Design("Otterbank", "First Frost Beanie", _A, "beanie", "fairisle", "32.00",
           "Merino outside, a soft cotton band inside. The pompom comes off if you insist."),
    Design("Little Quarry", "Lodge Scarf", _A, "scarf", "plain", "48.00",
           "Two metres of brushed lambswool. Long enough to wrap twice and still sit on."),
    Design("Nordlune", "Skerry Tee", _T, "tee", "block", "42.00",
           "Colour-blocked slub jersey that hangs straight and stays cool."),
    Design("Atelier Brume", "Gallery Dress", _D, "dress", "dots", "124.00",
           "A day dress with manners: dotted crepe, cut on the bias, no zip to fight with."),
    Design("Field & Ferry", "Lumber Shirt", _T, "shirt", "checks", "69.00",
           "Brushed flannel that feels ten years old in the best way. Roomy enough to layer."),
    Design("Kaito Works", "Switchback Trousers", _B, "trousers", "checks", "96.00",
           "Wool-blend checks with a drawcord inside. Smart from the front row, soft from within."),
    Design("Solana", "Verbena Shirt", _T, "shirt", "dots", "72.00",
           "Printed lyocell that drapes like silk and washes like cotton."),
    Design("Otterbank", "Canvas Low", _S, "sneaker", "checks", "85.00",
           "Recycled canvas on natural rubber. Goes with everything, which is why you will own two."),
    Design("Little Quarry", "Weekender Tote", _A, "tote", "block", "68.00",
           "Two days of clothes, one outer pocket for the ticket, and a base that wipes clean."),
    Design("Nordlune", "Aurora Beanie", _A, "beanie", "stripes", "34.00",
           "A rib that hugs without marking your forehead. Bright enough to be found on a mountain."),
    Design("Atelier Brume", "Matinee Skirt", _B, "skirt", "stripes", "88.00",
           "A midi with a quiet stripe and a lining that never clings."),
    Design("Field & Ferry", "Breakwater Jacket", _O, "jacket", "block", "168.00",
           "Two colours, four pockets and a collar that stands up to the ferry deck."),
    Design("Kaito Works", "Signal Coat", _O, "coat", "checks", "312.00",
           "A heavyweight overcoat in recycled wool. The checks were woven, not printed, and line up."),
    Design("Solana", "Terrace Dress", _D, "dress", "stripes", "109.00",
           "Seersucker that keeps off the skin when it is hot. The stripes turn a corner at the waist."),
)  # fmt: skip

OPENERS = {
    5: ("Exactly what I hoped for.", "My favourite thing this season.", "Worth every penny.",
        "I have been stopped twice and asked where it is from.", "Second one I buy, enough said."),
    4: ("Very good, with one small wish.", "Really pleased.", "Nearly perfect.",
        "Better than the picture.", "A solid buy."),
    3: ("Fine, not more.", "I like it, I do not love it.", "Good idea, average finish.",
        "It does what it says."),
    2: ("Not for me.", "I expected more at this price.", "Sadly went back."),
    1: ("Disappointed.", "The colour had little to do with the photo."),
}  # fmt: skip
DETAILS = {
    5: ("Fits true to size and the fabric feels substantial.", "After ten washes it still looks new.",
        "The stitching is immaculate.", "Arrived in two days, wrapped without plastic.",
        "I wear it to work and on weekends."),
    4: ("Size up if you are between two.", "The colour is a touch darker than on my screen.",
        "It took a few wears to soften.", "I would have liked one more pocket.",
        "Warm without being heavy."),
    3: ("The sleeves run long.", "Needs a careful wash.", "The cut is boxier than I thought.",
        "Comfortable, but it creases at a glance."),
    2: ("A seam came loose in the first week.", "It runs at least a size small.",
        "The fabric is thinner than expected."),
    1: ("It shrank at thirty degrees.", "The return was easy, at least."),
}  # fmt: skip

FIRST_NAMES = ("Lena", "Tomas", "Aiko", "Ines", "Samir", "Freya", "Mateo", "Nora", "Oskar", "Priya", "Julian", "Zofia")
LAST_NAMES = ("Hoffmann", "Duarte", "Nakamura", "Larsen", "Haddad", "Kowalska", "Moreau", "Byrne", "Castillo", "Novak")

ADDRESSES = (
    ("Lindenstraße 12", "10969", "Berlin", "DE"),
    ("Rua da Rosa 41", "1200-383", "Lisbon", "PT"),
    ("14 Harbour Row", "EH6 6QF", "Edinburgh", "GB"),
    ("Sankt Pauls Gatan 7", "118 46", "Stockholm", "SE"),
    ("Rue des Archives 88", "75003", "Paris", "FR"),
    ("Prinsengracht 263", "1016 GV", "Amsterdam", "NL"),
    ("Via Savona 19", "20144", "Milan", "IT"),
    ("Calle del Pez 30", "28004", "Madrid", "ES"),
)


def articles(scale: int) -> Iterator[Article]:
    """Yield every article of the assortment, the same for every run with this scale or a larger one."""
    palettes = tuple(PALETTES.values())
    number = 0
    for round_number in range(COLOURS_PER_SCALE * scale):
        edition, step = divmod(round_number, len(palettes))
        for index, design in enumerate(DESIGNS):
            number += 1
            # 5 and 12 share no divisor: each design meets every colour once per edition.
            palette = palettes[(index * 7 + step * 5) % len(palettes)]
            yield Article(number, design, palette, edition + 1)
