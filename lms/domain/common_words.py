"""Words of which popular passwords are made; compiled for this product, folded to lower case."""

from __future__ import annotations

_PRODUCT = """
terrace xuejie changning shanghai peixun training learning platform district china zhongguo hongqiao
学阶 长宁 上海 培训 学习 平台 企业 中国 虹桥
"""
_COMMON = """
password passwort passwd pass passphrase secret letmein welcome login signin admin administrator
root user guest master access account system server network computer internet windows android iphone
google facebook microsoft tencent alibaba taobao alipay weixin wechat baidu default changeme change
temp test testing demo qwerty qwertz azerty asdf zxcv iloveyou loveyou love forever always baby
angel princess prince sunshine shadow dragon monkey tiger lion horse eagle falcon panda kitty puppy
flower butterfly football baseball basketball soccer hockey superman batman spiderman starwars
pokemon naruto matrix ninja samurai freedom liberty hello hellohello goodbye thankyou please happy
birthday summer winter spring autumn january february march april june july august september october
november december monday tuesday wednesday thursday friday saturday sunday michael jennifer jessica
jordan michelle daniel thomas robert william charlie andrew matthew ashley nicole amanda samantha
hunter ranger killer trustno cheese cookie chocolate banana orange purple silver golden diamond
ginger pepper coffee money dollar lucky number one two three four five six seven eight nine zero ten
this that the and you your with what who mypassword myname here there from are not for all work
office company business school student teacher manager employee security safety private keyboard
mouse monitor phone mobile email website home family mother father sister brother friend friends
jesus christ blessed heaven correcthorsebatterystaple correct battery staple maytheforcebewithyou
woaini woaiwo aini wozuiai woshishui wo ai ni woshi mima nihao zhongguo wodemima zhang wang zhao
chen yang huang zhou wu xu sun zhu beijing guangzhou shenzhen hangzhou nanjing tianjin laopo laogong
baobei baobao qinaide shengri kuaile xingfu wangzhe rongyao heping meili xiao long feng haha hehe
hihi lala 密码 我的密码 我爱你 你好 中国 生日快乐 新年快乐 恭喜发财 万事如意
身体健康 一帆风顺 老婆 老公 宝贝 爱你 一生一世 管理员 登录 欢迎 公司
"""
PRODUCT_WORDS = tuple(_PRODUCT.split())
COMMON_WORDS = tuple(_COMMON.split())
