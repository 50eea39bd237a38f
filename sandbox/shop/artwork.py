"""Product pictures, drawn as SVG: no photographer, no download, no two products alike."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT = 400, 500


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one picture: cloth, its pattern, what stands out, and the wall behind."""

    name: str
    cloth: str
    accent: str
    wall: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A garment seen from the front: the outline that pattern and shade fill, and lines on top."""

    outline: str
    behind: str = ""
    lines: str = ""
    trim: str = ""
    buttons: tuple[tuple[int, int], ...] = ()
    crop: tuple[int, int, int, int] = (20, 60, 360, 360)
    floor: int = 452


PALETTES = {
    palette.name: palette
    for palette in (
        Palette("Ink", "#2b3a55", "#e8e2d4", "#dfe4ea"),
        Palette("Oat", "#d9c7a7", "#8a6d4b", "#efe9de"),
        Palette("Rust", "#b4532f", "#f2d9c2", "#f2e3d8"),
        Palette("Moss", "#5d6f46", "#dfe0c4", "#e5e8da"),
        Palette("Sky", "#7fa6c4", "#f4f7f8", "#e2ebf0"),
        Palette("Plum", "#6a3a56", "#e6c8d5", "#ecdfe5"),
        Palette("Charcoal", "#3b3d40", "#a9adb0", "#e4e4e2"),
        Palette("Clay", "#c98c6e", "#6e3f2b", "#f3e5dc"),
        Palette("Butter", "#ecc96b", "#8c5f1c", "#f7efd8"),
        Palette("Teal", "#2f6f73", "#d8e6df", "#dbe8e6"),
        Palette("Rose", "#d99aa0", "#7d3340", "#f5e4e4"),
        Palette("Chalk", "#f3f0e8", "#51606b", "#d9dcd8"),
    )
}

SHAPES = {
    "jumper": Shape(
        outline=(
            "M160 112 Q200 138 240 112 L288 130 Q318 142 326 184 L352 336 L304 348 L286 248 L288 392 "
            "Q200 402 112 392 L114 248 L96 348 L48 336 L74 184 Q82 142 112 130 Z"
        ),
        trim=(
            "M158 112 Q200 150 242 112 L236 104 Q200 132 164 104 Z M112 370 Q200 380 288 370 L288 394 "
            "Q200 404 112 394 Z M53 312 L100 324 L96 349 L47 336 Z M347 312 L300 324 L304 349 L353 336 Z"
        ),
        lines="M114 248 Q118 210 110 178 M286 248 Q282 210 290 178",
    ),
    "tee": Shape(
        outline=(
            "M158 112 Q200 150 242 112 L288 130 L340 214 L292 240 L276 216 L278 398 Q200 406 122 398 "
            "L124 216 L108 240 L60 214 L112 130 Z"
        ),
        trim="M156 112 Q200 160 244 112 L236 108 Q200 146 164 108 Z",
        lines="M124 216 Q126 186 118 164 M276 216 Q274 186 282 164 M122 388 Q200 396 278 388",
    ),
    "shirt": Shape(
        outline=(
            "M162 106 L200 130 L238 106 L288 128 Q314 140 322 182 L346 340 L306 348 L286 240 L288 400 "
            "Q200 424 112 400 L114 240 L94 348 L54 340 L78 182 Q86 140 112 128 Z"
        ),
        trim="M160 106 L174 96 L200 124 L226 96 L240 106 L222 146 L200 128 L178 146 Z",
        lines="M192 132 L192 414 M208 132 L208 414 M232 196 L268 196 L268 236 L250 246 L232 236 Z",
        buttons=((200, 170), (200, 214), (200, 258), (200, 302), (200, 346), (200, 388)),
    ),
    "coat": Shape(
        outline=(
            "M160 76 L200 104 L240 76 L292 98 Q318 110 326 152 L350 340 L308 350 L288 210 L300 448 "
            "Q200 458 100 448 L112 210 L92 350 L50 340 L74 152 Q82 110 108 98 Z"
        ),
        trim="M158 78 L146 92 L160 170 L200 250 L240 170 L254 92 L242 78 L200 196 Z",
        lines="M200 250 L200 454 M128 326 L168 320 M272 326 L232 320 M112 210 Q116 180 110 150 "
        "M288 210 Q284 180 290 150",
        buttons=((184, 270), (216, 270), (184, 318), (216, 318)),
        crop=(15, 70, 370, 370),
    ),
    "jacket": Shape(
        outline=(
            "M162 104 L200 118 L238 104 L290 126 Q316 138 324 180 L346 334 L304 344 L286 246 L288 372 "
            "L112 372 L114 246 L96 344 L54 334 L76 180 Q84 138 110 126 Z"
        ),
        trim=(
            "M160 104 L170 90 L230 90 L240 104 L216 140 L200 118 L184 140 Z M112 352 L288 352 L288 376 "
            "L112 376 Z M58 316 L100 326 L96 346 L53 335 Z M342 316 L300 326 L304 346 L347 335 Z"
        ),
        lines="M200 120 L200 354 M134 196 L182 196 L182 210 L134 210 Z M218 196 L266 196 L266 210 "
        "L218 210 Z M140 330 L172 296 M260 330 L228 296",
        buttons=((208, 160), (208, 230), (208, 270), (208, 310)),
    ),
    "trousers": Shape(
        outline=(
            "M140 84 L260 84 Q270 140 274 206 L268 444 L212 444 L202 214 L198 214 L188 444 L132 444 "
            "L126 206 Q130 140 140 84 Z"
        ),
        trim="M139 82 L261 82 L264 106 L136 106 Z",
        lines="M200 106 L200 212 M200 106 Q214 150 200 176 M150 108 Q146 138 130 150 M250 108 Q254 138 270 150 "
        "M160 240 L160 440 M240 240 L240 440",
        buttons=((200, 94),),
        crop=(20, 70, 360, 360),
    ),
    "skirt": Shape(
        outline="M148 108 L252 108 Q262 150 312 392 Q200 424 88 392 Q138 150 148 108 Z",
        trim="M147 104 L253 104 L257 130 L143 130 Z",
        lines="M166 132 L132 402 M189 132 L178 410 M211 132 L222 410 M234 132 L268 402",
    ),
    "dress": Shape(
        outline=(
            "M152 84 L174 78 Q200 138 226 78 L248 84 Q240 140 258 168 Q244 204 250 226 L308 430 "
            "Q200 458 92 430 L150 226 Q156 204 142 168 Q160 140 152 84 Z"
        ),
        trim="M149 218 Q200 230 251 218 L254 238 Q200 250 146 238 Z",
        lines="M172 246 L146 436 M200 248 L200 446 M228 246 L254 436",
        crop=(15, 66, 370, 370),
    ),
    "sneaker": Shape(
        behind="M50 336 Q50 366 78 366 L330 366 Q358 366 358 338 L358 326 L50 326 Z",
        outline=(
            "M62 334 Q58 270 84 226 Q104 250 134 246 Q166 242 182 200 L226 232 Q262 276 316 284 Q352 292 354 334 Z"
        ),
        trim="M62 334 Q60 296 70 262 L112 270 Q122 304 108 334 Z M300 334 Q298 300 320 286 Q352 294 354 334 Z",
        lines="M196 226 L178 250 M212 238 L192 264 M228 252 L208 280 M246 266 L226 294 M134 248 Q160 300 190 334",
        crop=(30, 110, 350, 350),
        floor=372,
    ),
    "boot": Shape(
        behind="M112 352 L343 352 Q352 374 340 388 L176 388 L170 378 L164 396 L112 396 Z",
        outline=(
            "M124 104 Q176 94 226 104 Q220 180 232 252 Q300 262 332 304 Q346 326 342 364 L116 364 "
            "Q112 330 128 288 Q136 200 124 104 Z"
        ),
        trim="M124 104 Q176 94 226 104 L225 128 Q176 118 126 128 Z",
        lines="M232 252 Q204 262 196 290 M160 150 Q190 190 176 268 L150 268 Q164 200 146 150 Z "
        "M116 346 Q230 350 343 344",
        crop=(50, 80, 340, 340),
        floor=400,
    ),
    "tote": Shape(
        behind="M146 214 C146 92 254 92 254 214 L240 214 C240 116 160 116 160 214 Z",
        outline="M96 206 L304 206 L322 404 Q200 420 78 404 Z",
        trim="M94 204 L306 204 L308 226 L92 226 Z",
        lines="M148 206 L148 268 M160 206 L160 268 M240 206 L240 268 M252 206 L252 268 M150 318 L250 318",
        crop=(20, 80, 360, 360),
        floor=422,
    ),
    "beanie": Shape(
        behind="M200 184 m-34 0 a34 34 0 1 0 68 0 a34 34 0 1 0 -68 0",
        outline="M104 322 C92 152 308 152 296 322 Z",
        trim="M92 300 Q200 280 308 300 Q318 334 306 366 Q200 346 94 366 Q82 334 92 300 Z",
        lines="M150 206 Q134 250 134 292 M200 194 L200 286 M250 206 Q266 250 266 292 M126 298 L128 356 "
        "M162 292 L163 350 M200 290 L200 348 M238 292 L237 350 M274 298 L272 356",
        crop=(30, 110, 340, 340),
        floor=396,
    ),
    "scarf": Shape(
        behind="M196 196 L256 186 Q290 290 300 402 L240 412 Q236 300 196 196 Z",
        outline=(
            "M108 138 Q124 84 200 84 Q276 84 292 138 Q300 192 238 216 Q228 320 196 440 L128 428 "
            "Q164 320 170 220 Q100 192 108 138 Z"
        ),
        trim="M150 140 Q200 168 250 140 Q236 118 200 118 Q164 118 150 140 Z",
        lines="M170 220 Q204 234 238 216 M132 428 L124 462 M146 431 L139 466 M160 433 L154 468 M174 436 "
        "L169 470 M190 438 L186 470 M244 410 L246 440 M262 408 L266 438 M280 405 L286 434 M296 402 L303 430",
        crop=(20, 70, 360, 360),
    ),
}

PATTERNS = {
    "plain": "",
    "stripes": "".join(f'<path d="M0 {y}H400v13H0z"/>' for y in range(90, 460, 38)),
    "block": '<path d="M0 0H400V232H0z"/>',
    "checks": (
        "".join(f'<path d="M{x} 0v500h9V0z"/>' for x in range(20, 400, 40))
        + "".join(f'<path d="M0 {y}H400v9H0z"/>' for y in range(20, 500, 40))
    ),
    "dots": "".join(
        f'<circle cx="{x + (y // 34 % 2) * 17}" cy="{y}" r="5"/>'
        for y in range(68, 470, 34)
        for x in range(32, 400, 34)
    ),
    "fairisle": "".join(f'<path d="M{x} {y}l12 14l12 -14l-12 -14z"/>' for y in (188, 232) for x in range(4, 400, 32))
    + '<path d="M0 158h400v6H0zM0 256h400v6H0z"/>',
}


def draw(shape_name: str, pattern: str, palette: Palette, *, is_square: bool = False) -> str:
    """Return a whole SVG document: 4:5, or cut to a square around the garment."""
    shape = SHAPES[shape_name]
    x, y, width, height = shape.crop if is_square else (0, 0, WIDTH, HEIGHT)
    buttons = "".join(f'<circle cx="{cx}" cy="{cy}" r="4"/>' for cx, cy in shape.buttons)
    ink = "#16181a"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x} {y} {width} {height}">'
        "<defs>"
        '<radialGradient id="w" cx=".5" cy=".38" r=".8"><stop stop-color="#fff" stop-opacity=".75"/>'
        '<stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>'
        '<linearGradient id="s"><stop stop-color="#fff" stop-opacity=".16"/>'
        '<stop offset=".45" stop-color="#fff" stop-opacity="0"/>'
        '<stop offset="1" stop-color="#000" stop-opacity=".2"/></linearGradient>'
        f'<clipPath id="c"><path d="{shape.outline}"/></clipPath></defs>'
        f'<path fill="{palette.wall}" d="M-50-50h500v600h-500z"/><path fill="url(#w)" d="M-50-50h500v600h-500z"/>'
        f'<ellipse cx="200" cy="{shape.floor}" rx="128" ry="12" fill="{ink}" opacity=".09"/>'
        f'<path d="{shape.behind or "M0 0"}" fill="{palette.accent}"/>'
        f'<path d="{shape.behind or "M0 0"}" fill="{ink}" opacity=".12"/>'
        f'<path d="{shape.outline}" fill="{palette.cloth}"/>'
        f'<g clip-path="url(#c)"><g fill="{palette.accent}" opacity=".85">{PATTERNS[pattern]}</g>'
        '<path fill="url(#s)" d="M0 0h400v500H0z"/></g>'
        f'<path d="{shape.trim}" fill="{palette.cloth}"/><path d="{shape.trim}" fill="{ink}" opacity=".22"/>'
        f'<path d="{shape.outline} {shape.lines}" fill="none" stroke="{ink}" stroke-opacity=".38" '
        'stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round"/>'
        f'<g fill="{palette.accent}" stroke="{ink}" stroke-opacity=".5">{buttons}</g>'
        "</svg>"
    )
