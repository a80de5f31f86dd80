// Which character does an emoji :name: stand for?

const NAMES = `
grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 sweat_smile 😅 rolling_on_the_floor_laughing 🤣 joy 😂 slightly_smiling_face 🙂
upside_down_face 🙃 wink 😉 blush 😊 innocent 😇 smiling_face_with_3_hearts 🥰 heart_eyes 😍 star-struck 🤩 kissing_heart 😘 yum 😋
stuck_out_tongue 😛 zany_face 🤪 hugging_face 🤗 face_with_hand_over_mouth 🤭 shushing_face 🤫 thinking_face 🤔 zipper_mouth_face 🤐
neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒 face_with_rolling_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔 sleepy 😪
sleeping 😴 mask 😷 face_with_thermometer 🤒 nauseated_face 🤢 sneezing_face 🤧 hot_face 🥵 cold_face 🥶 dizzy_face 😵 exploding_head 🤯
partying_face 🥳 sunglasses 😎 nerd_face 🤓 face_with_monocle 🧐 confused 😕 worried 😟 slightly_frowning_face 🙁 open_mouth 😮 hushed 😯
astonished 😲 flushed 😳 pleading_face 🥺 fearful 😨 cold_sweat 😰 cry 😢 sob 😭 scream 😱 confounded 😖 disappointed 😞 sweat 😓 weary 😩
tired_face 😫 yawning_face 🥱 triumph 😤 rage 😡 angry 😠 skull 💀 ghost 👻 robot_face 🤖 wave 👋 raised_hand ✋ ok_hand 👌 v ✌️
crossed_fingers 🤞 point_left 👈 point_right 👉 point_up_2 👆 point_down 👇 point_up ☝️ +1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 fist ✊
facepunch 👊 clap 👏 raised_hands 🙌 open_hands 👐 handshake 🤝 pray 🙏 writing_hand ✍️ muscle 💪 eyes 👀 eye 👁️ brain 🧠 ear 👂
bust_in_silhouette 👤 busts_in_silhouette 👥 raising_hand 🙋 shrug 🤷 face_palm 🤦 technologist 🧑‍💻 sleuth_or_spy 🕵️ construction_worker 👷 guardsman 💂
heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 broken_heart 💔 100 💯 boom 💥 dizzy 💫
zzz 💤 speech_balloon 💬 thought_balloon 💭 left_speech_bubble 🗨️ dog 🐶 cat 🐱 bug 🐛 bee 🐝 turtle 🐢 snail 🐌 unicorn_face 🦄 sloth 🦥
apple 🍎 green_apple 🍏 banana 🍌 pizza 🍕 doughnut 🍩 cake 🍰 birthday 🎂 coffee ☕ tea 🍵 beer 🍺 beers 🍻 champagne 🍾 popcorn 🍿
earth_africa 🌍 globe_with_meridians 🌐 house 🏠 office 🏢 hospital 🏥 factory 🏭 car 🚗 ambulance 🚑 fire_engine 🚒 police_car 🚓 truck 🚚
airplane ✈️ rocket 🚀 ship 🚢 anchor ⚓ construction 🚧 vertical_traffic_light 🚦 hourglass ⌛ hourglass_flowing_sand ⏳ watch ⌚ alarm_clock ⏰
stopwatch ⏱️ timer_clock ⏲️ clock1 🕐 clock3 🕒 clock9 🕘 clock12 🕛 sunny ☀️ partly_sunny ⛅ cloud ☁️ rain_cloud 🌧️ snowflake ❄️ zap ⚡ fire 🔥
ocean 🌊 droplet 💧 star ⭐ star2 🌟 sparkles ✨ rainbow 🌈 crescent_moon 🌙 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 trophy 🏆
medal 🏅 first_place_medal 🥇 dart 🎯 art 🎨 musical_note 🎵 headphones 🎧 video_game 🎮 crown 👑 gem 💎 mute 🔇 loud_sound 🔊 mega 📣
loudspeaker 📢 bell 🔔 no_bell 🔕 iphone 📱 telephone ☎️ phone ☎️ telephone_receiver 📞 pager 📟 fax 📠 battery 🔋 electric_plug 🔌
computer 💻 desktop_computer 🖥️ printer 🖨️ keyboard ⌨️ floppy_disk 💾 cd 💿 camera 📷 mag 🔍 mag_right 🔎 bulb 💡 flashlight 🔦 books 📚
book 📖 notebook 📓 ledger 📒 page_facing_up 📄 page_with_curl 📃 scroll 📜 newspaper 📰 bookmark 🔖 bookmark_tabs 📑 label 🏷️ moneybag 💰
credit_card 💳 receipt 🧾 chart 💹 email 📧 envelope ✉️ e-mail 📧 incoming_envelope 📨 envelope_with_arrow 📩 outbox_tray 📤 inbox_tray 📥
package 📦 mailbox 📫 mailbox_with_mail 📬 postbox 📮 pencil 📝 memo 📝 pencil2 ✏️ black_nib ✒️ briefcase 💼 file_folder 📁
open_file_folder 📂 card_index_dividers 🗂️ date 📅 calendar 📆 spiral_calendar_pad 🗓️ spiral_note_pad 🗒️ card_index 📇
chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 clipboard 📋 pushpin 📌 round_pushpin 📍 paperclip 📎 straight_ruler 📏
scissors ✂️ wastebasket 🗑️ lock 🔒 unlock 🔓 lock_with_ink_pen 🔏 key 🔑 old_key 🗝️ hammer 🔨 hammer_and_wrench 🛠️ wrench 🔧 nut_and_bolt 🔩
gear ⚙️ link 🔗 chains ⛓️ magnet 🧲 toolbox 🧰 ladder 🪜 test_tube 🧪 microscope 🔬 satellite_antenna 📡 pill 💊 door 🚪 label 🏷️ ticket 🎫
admission_tickets 🎟️ rotating_light 🚨 shield 🛡️ crystal_ball 🔮 broom 🧹 soap 🧼 thermometer 🌡️ ballot_box_with_ballot 🗳️ triangular_flag_on_post 🚩
checkered_flag 🏁 waving_white_flag 🏳️ warning ⚠️ no_entry ⛔ no_entry_sign 🚫 sos 🆘 x ❌ o ⭕ negative_squared_cross_mark ❎
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ heavy_multiplication_x ✖️ heavy_plus_sign ➕ heavy_minus_sign ➖ question ❓
grey_question ❔ exclamation ❗ heavy_exclamation_mark ❗ grey_exclamation ❕ bangbang ‼️ interrobang ⁉️ information_source ℹ️ copyright ©️ registered ®️ tm ™️
recycle ♻️ infinity ♾️ ok 🆗 new 🆕 free 🆓 up 🆙 cool 🆒 red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢
large_blue_circle 🔵 large_purple_circle 🟣 large_brown_circle 🟤 black_circle ⚫ white_circle ⚪ large_red_square 🟥 large_orange_square 🟧
large_yellow_square 🟨 large_green_square 🟩 large_blue_square 🟦 white_large_square ⬜ black_large_square ⬛ black_small_square ▪️ white_small_square ▫️
small_red_triangle 🔺 small_red_triangle_down 🔻 small_orange_diamond 🔸 small_blue_diamond 🔹 large_orange_diamond 🔶 large_blue_diamond 🔷 radio_button 🔘
arrow_up ⬆️ arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️ arrow_upper_right ↗️ arrow_lower_right ↘️ arrows_counterclockwise 🔄 arrows_clockwise 🔃
leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️ repeat 🔁 repeat_one 🔂 twisted_rightwards_arrows 🔀 arrow_forward ▶️ double_vertical_bar ⏸️
black_square_for_stop ⏹️ fast_forward ⏩ rewind ⏪ black_right_pointing_double_triangle_with_vertical_bar ⏭️ eject ⏏️ arrow_up_small 🔼 arrow_down_small 🔽
one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ zero 0️⃣ keycap_ten 🔟 hash #️⃣ 1234 🔢 abc 🔤 a 🅰️ b 🅱️ o2 🅾️ sparkle ❇️
seedling 🌱 evergreen_tree 🌲 cactus 🌵 four_leaf_clover 🍀 maple_leaf 🍁 fallen_leaf 🍂 tulip 🌷 rose 🌹 sunflower 🌻 de 🇩🇪 flag-de 🇩🇪 us 🇺🇸 flag-us 🇺🇸 gb 🇬🇧 uk 🇬🇧
fr 🇫🇷 flag-fr 🇫🇷 flag-at 🇦🇹 flag-ch 🇨🇭 es 🇪🇸 it 🇮🇹 flag-eu 🇪🇺 coffin ⚰️ beach_with_umbrella 🏖️ palm_tree 🌴 umbrella ☔ jigsaw 🧩 person_in_lotus_position 🧘 runner 🏃 walking 🚶
`;

const TABLE = new Map();
{
  const words = NAMES.trim().split(/\s+/);
  for (let i = 0; i < words.length; i += 2) TABLE.set(words[i], words[i + 1]);
}

const SKIN_TONES = ['', '🏻', '🏼', '🏽', '🏾', '🏿'];

/** The character of a name (with an optional '::skin-tone-2'), or undefined where the name is unknown. */
export function emojiOf(name) {
  const [base, tone] = name.split('::');
  const character = TABLE.get(base);
  if (!character || !tone) return character;
  return character + (SKIN_TONES[Number(tone.replace('skin-tone-', '')) - 1] ?? '');
}

/** [name, character] pairs whose name contains `query`, those that start with it first. */
export function findEmoji(query, limit = 8) {
  const wanted = query.toLowerCase();
  const hits = [...TABLE].filter(([name]) => name.includes(wanted));
  hits.sort(([a], [b]) => Number(b.startsWith(wanted)) - Number(a.startsWith(wanted)));
  return hits.slice(0, limit);
}

/** Every emoji once, under its first name. */
export function allEmoji() {
  const seen = new Set();
  return [...TABLE].filter(([, character]) => !seen.has(character) && seen.add(character));
}
